// Buttons with data-copy put that text on the clipboard and say so.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const words = button.querySelector("span");
  const before = words.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    words.textContent = button.dataset.copied || "Copied";
  } catch {
    window.prompt(before, button.dataset.copy);
    return;
  }
  button.setAttribute("aria-live", "polite");
  setTimeout(() => {
    words.textContent = before;
  }, 2500);
});
