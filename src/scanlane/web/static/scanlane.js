// What the pages cannot do without a script: sign in by the code of a link, take a dropped file, follow refusals.
(() => {
  "use strict";

  const form = document.getElementById("by-code");
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (form && code) {
    history.replaceState(null, "", location.pathname);
    document.getElementById("opening").hidden = false;
    form.elements.code.value = code;
    form.submit();
  }

  const zone = document.querySelector(".drop");
  if (zone) {
    const input = document.getElementById(zone.htmlFor);
    const most = 20 * 1024 * 1024;
    input.addEventListener("change", () => {
      const isTooLarge = input.files.length > 0 && input.files[0].size > most;
      input.setCustomValidity(isTooLarge ? "This file is larger than 20 MB. Split it, or use scanlane import." : "");
      input.reportValidity();
    });
    const mark = (on) => zone.classList.toggle("over", on);
    zone.addEventListener("dragover", (event) => { event.preventDefault(); mark(true); });
    zone.addEventListener("dragleave", () => mark(false));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      mark(false);
      if (event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
  }
})();
