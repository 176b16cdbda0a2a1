// Draws the API's schema with the viewer that the page names. Both viewers come from this site's own files.
"use strict";

const place = document.getElementById("api-docs");

if (place.dataset.viewer === "swagger") {
  SwaggerUIBundle({
    url: place.dataset.schema,
    domNode: place,
    deepLinking: true,
    // Swagger would send the schema to a validator on the internet.
    validatorUrl: null,
  });
} else {
  // The search builds its index in a worker from a blob, which the site's policy does not allow.
  Redoc.init(place.dataset.schema, { disableSearch: true }, place);
}
