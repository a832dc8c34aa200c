"""The vocabulary's names, generated from ontologies/kgbuild.ttl; do not edit."""

from __future__ import annotations

EVENT_TYPES: dict[str, str] = {
    "Agree": "AGREE", "Consult": "CONSULT", "Support": "SUPPORT", "Concede": "CONCEDE", "Cooperate": "COOPERATE", "Aid": "AID",
    "Retreat": "RETREAT", "Request": "REQUEST", "Accuse": "ACCUSE", "Reject": "REJECT", "Threaten": "THREATEN",
    "Protest": "PROTEST", "Sanction": "SANCTION", "Mobilize": "MOBILIZE", "Coerce": "COERCE", "Assault": "ASSAULT",
    "Yield": "YIELD", "Disapprove": "DISAPPROVE", "Investigate": "INVESTIGATE", "Capture": "CAPTURE", "State": "STATE",
    "Move": "MOVE", "Own": "OWN", "Suffer": "SUFFER", "OtherEvent": "OTHER",
}
MODALITIES = ("Factual", "Probable", "Possible", "Planned", "Conditional", "Desired", "Questioned")
VOICES = ("Direct", "Indirect", "MixedQuote", "Narrator", "Headline")
SPEECH_ACTS = ("Say", "Announce", "Warn", "Deny", "Ask", "Order", "Evaluate", "Report")
POLARITIES = ("For", "Against", "Neutral", "Mixed")
STANCE_KINDS = ("Evaluation", "Statement", "Demand", "Threat", "Commitment", "Action")
STATUSES = ("Reported", "Expected", "Claimed", "Denied", "Disputed", "Hypothetical")
ENTITY_KINDS = ("Person", "Organization", "State", "Group", "Place", "City", "Topic")
