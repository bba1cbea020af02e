// Reviews by keyboard: 1, 2, 3 answer, j and k go up and down or on and back. All of it is on the page too.

const answers = document.querySelector("[data-answers]");
const queue = document.querySelector("[data-queue]");

function follow(selector) {
  const found = document.querySelector(selector);
  if (found) found.click();
  return Boolean(found);
}

function walk(step) {
  const links = [...queue.querySelectorAll("a.whole")];
  const here = links.indexOf(document.activeElement);
  const next = links[Math.min(Math.max(here + step, 0), links.length - 1)];
  next.focus();
  next.closest("li").scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (answers && "123".includes(event.key)) {
    const button = answers.querySelector(`[aria-keyshortcuts="${event.key}"]`);
    if (button) answers.requestSubmit(button);
  } else if (event.key === "j") {
    if (queue) walk(1);
    else follow('a[rel="next"]');
  } else if (event.key === "k") {
    if (queue) walk(-1);
    else history.back();
  } else {
    return;
  }
  event.preventDefault();
});
