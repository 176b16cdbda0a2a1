// Draws the API's schema with Swagger, from this site's own files.
"use strict";

const place = document.getElementById("api-docs");

SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  deepLinking: true,
  // Swagger would send the schema to a validator on the internet.
  validatorUrl: null,
});
