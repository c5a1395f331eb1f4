// Bokeh makes style elements within its own parts of the page. Each gets the nonce of this answer,
// by which the content policy lets it be; no other style is let be by that.
"use strict";

{
  const nonce = document.currentScript.nonce;
  const create = Document.prototype.createElement;
  Document.prototype.createElement = function createElement(name, options) {
    const made = create.call(this, name, options);
    if (String(name).toLowerCase() === "style") made.nonce = nonce;
    return made;
  };
}
