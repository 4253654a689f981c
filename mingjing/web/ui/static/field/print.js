// The one button that prints the page as it stands.
document.querySelector("[data-print-now]")?.addEventListener("click", () => window.print());
