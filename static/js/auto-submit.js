// A filter form with data-auto-submit sends itself when an option changes; its button stays for those without scripts.
(() => {
  "use strict";

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-auto-submit]");
    if (form && event.target.matches("input[type=checkbox], input[type=radio], select")) form.requestSubmit();
  });
})();
