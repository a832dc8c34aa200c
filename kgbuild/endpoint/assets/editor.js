"use strict";
// The editor asks this server only: prefixes and completions come from the graph, never from the web.
(() => {
  const endpoint = new URL("/sparql", location.href).href;
  const start = "PREFIX kg: <https://w3id.org/kgbuild/ns#>\nPREFIX skos: <http://www.w3.org/2004/02/skos/core#>\nSELECT ?who ?said ?article {\n  ?claim a kg:Claim ; kg:attributedTo ?x ; kg:text ?said ; kg:article ?article .\n  ?x skos:prefLabel ?who\n} LIMIT 20";

  Yasgui.Yasqe.defaults.autocompleters = ["variables"];  // the others ask the web
  Yasgui.Yasqe.defaults.value = start;
  const yasgui = new Yasgui(document.getElementById("yasgui"), {
      requestConfig: { endpoint, method: "POST" },
      copyEndpointOnNewTab: true,
      endpointCatalogueOptions: { getData: () => [{ endpoint }] },
      persistencyExpire: 60 * 60 * 24 * 30,
      yasqe: { value: start, autocompleters: ["variables"], createShareableLink: null },
    });

  const list = document.getElementById("questions");
  fetch("/questions").then((r) => r.json()).then((questions) => {
    for (const question of questions) {
      const option = document.createElement("option");
      option.value = question.query;
      option.textContent = `${question.name}: ${question.asks}`;
      list.append(option);
    }
  });
  list.addEventListener("change", () => {
    const tab = yasgui.getTab();
    if (!list.value || !tab) return;
    tab.setEndpoint(endpoint);
    tab.getYasqe().setValue(list.value);
    tab.query();
  });
})();
