"""How the shipped language model is made: corpora, tokenizer, assembly and figures."""
