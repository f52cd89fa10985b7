// A file may be dropped anywhere on its well, not only on the small button inside.
for (const well of document.querySelectorAll("[data-drop]")) {
  const input = well.querySelector("input[type=file]");
  const words = document.createElement("p");
  words.className = "field__dropwords";
  words.textContent = well.dataset.drop;
  well.append(words);

  const over = (event) => {
    event.preventDefault();
    well.classList.add("is-over");
  };
  well.addEventListener("dragenter", over);
  well.addEventListener("dragover", over);
  well.addEventListener("dragleave", (event) => {
    if (!well.contains(event.relatedTarget)) well.classList.remove("is-over");
  });
  well.addEventListener("drop", (event) => {
    event.preventDefault();
    well.classList.remove("is-over");
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
