// Validate resources by the R4 profiles that npm's `fhir` package ships; nothing is fetched.
//
// Standard input: a JSON array of resources. Standard output: an array of arrays of messages.
"use strict";

const { Fhir } = require("fhir");

const fhir = new Fhir();

// The package looks at an element that is defined within a datatype (Timing.repeat, for one) as a
// bare `Element` and so past its contents. As a backbone element its own definition is used.
function lookInside(properties) {
  for (const property of properties || []) {
    if (property._properties && property._properties.length) {
      if (property._type === "Element") property._type = "BackboneElement";
      lookInside(property._properties);
    }
  }
}
Object.values(fhir.parser.parsedStructureDefinitions).forEach((one) => lookInside(one._properties));

const resources = JSON.parse(require("fs").readFileSync(0, "utf8"));
const found = resources.map(
  (resource) => fhir.validate(resource, { errorOnUnexpected: true }).messages,
);
process.stdout.write(JSON.stringify(found));
