// Runs before the page is drawn: marks that scripts work and restores the chosen type size.
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("js");
  try {
    var size = localStorage.getItem("size");
    if (!root.dataset.size && (size === "l" || size === "xl")) root.dataset.size = size;
  } catch (error) {
    // Storage is switched off: the link with ?size= still works.
  }
})();
