// A form with data-upload shows how far its file has come. Without scripts the browser sends the form by itself.
(() => {
  "use strict";

  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

  const chosenBytes = (form) =>
    [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]).reduce((sum, file) => sum + file.size, 0);

  // An answer that leads nowhere else is the form with its errors, or a page that says why not.
  const show = (html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const main = page.querySelector("main");
    if (!main) return false;
    document.querySelector("main").replaceWith(main);
    document.title = page.title;
    main.focus();
    return true;
  };

  const send = (form, submitter) => {
    const state = form.querySelector("[data-upload-state]");
    const bar = state.querySelector("progress");
    const words = state.querySelector("[role=status]");
    const fail = (text) => {
      words.textContent = text;
      bar.hidden = true;
      form.removeAttribute("aria-busy");
      for (const button of form.querySelectorAll("button")) button.disabled = false;
    };
    state.hidden = false;
    bar.hidden = false;

    const limit = Number(form.dataset.maximumBytes);
    const size = chosenBytes(form);
    if (limit && size > limit) {
      fail(`The file has ${megabytes(size)}; at most ${megabytes(limit)} are taken. Nothing was sent.`);
      return;
    }

    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.value = (100 * event.loaded) / event.total;
      words.textContent = `${megabytes(event.loaded)} of ${megabytes(event.total)} sent.`;
    });
    request.upload.addEventListener("load", () => {
      words.textContent = "All sent. Waiting for the answer.";
    });
    request.addEventListener("load", () => {
      // The site answers a form with 200 only behind a redirect, perhaps back to the page that it stands on.
      if (request.status === 200) location.assign(request.responseURL);
      else if (!show(request.responseText)) fail(`The site answered ${request.status}. Nothing was kept; send it again.`);
    });
    request.addEventListener("error", () => fail("The connection ended before the file was complete. Send it again."));
    const body = new FormData(form, submitter);
    form.setAttribute("aria-busy", "true");
    for (const button of form.querySelectorAll("button")) button.disabled = true;
    words.textContent = "Sending.";
    request.open("POST", form.action);
    request.send(body);
  };

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-upload]");
    if (!form || !chosenBytes(form)) return; // nothing to show the way of: the browser sends it
    event.preventDefault();
    send(form, event.submitter);
  });
})();
