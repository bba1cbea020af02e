// What happens while a page is open: rows on top of the list of now, a bar above a customer. Nothing needs it.
// The stream only says that there is news; what is shown is HTML of the server, fetched from it.

const page = document.querySelector('meta[name="live"]');
const customer = page.dataset.customer;
const sign = document.querySelector("[data-live]");
const main = document.getElementById("main");

const PAUSE = 500; // ms between two looks at the server
const FIRST_WAIT = 3000;
const LAST_WAIT = 60_000;

let heard = Number(page.content); // the last entry of the journal that the stream told
let shown = heard; // the last one that the page takes into account
let source, again, wait = FIRST_WAIT;
let paused = false; // by the reader
let looking = false, wanted = false; // wanted: there is something that the page does not show yet

function open() {
  if (source || paused || document.hidden) return;
  clearTimeout(again);
  const query = new URLSearchParams({ after: heard });
  if (customer) query.set("customer", customer);
  source = new EventSource(`/live?${query}`);
  source.onopen = () => { say(true); if (wanted) look(); };
  source.onmessage = (event) => { hear(event); if (customer || JSON.parse(event.data).kind !== "update") look(); };
  source.addEventListener("reset", (event) => { hear(event); look(); });
  source.onerror = lost;
}

function close() {
  clearTimeout(again);
  source?.close();
  source = undefined;
  say(false);
}

function lost() {
  say(false);
  if (source?.readyState === EventSource.CLOSED) later(); // else the browser tries by itself
}

function later() {
  close();
  again = setTimeout(open, wait * (1 + Math.random() / 2));
  wait = Math.min(2 * wait, LAST_WAIT);
}

function hear(event) { heard = Number(event.lastEventId) || heard; }

function say(live) { if (sign) sign.dataset.live = live ? "on" : "off"; }

async function look() {
  wanted = true;
  if (looking) return;
  looking = true;
  while (wanted && source) {
    wanted = false;
    try {
      await (customer ? count() : add());
      wait = FIRST_WAIT;
    } catch {
      wanted = true;
      later();
    }
    await new Promise((done) => setTimeout(done, PAUSE));
  }
  looking = false;
}

async function ask(path) {
  const answer = await fetch(path, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) throw new Error("signed out, or busy");
  const template = document.createElement("template");
  template.innerHTML = await answer.text();
  return template.content;
}

async function add() {
  const list = document.querySelector("tbody[data-upto]");
  if (!list) { location.reload(); return; }
  const fresh = (await ask(`/now/rows?after=${shown}`)).querySelector("tbody");
  shown = Number(fresh.dataset.upto);
  const rows = [...fresh.rows];
  for (const row of rows) row.classList.add("fresh");
  if ("whole" in fresh.dataset) list.replaceChildren(...rows);
  else list.prepend(...rows);
  while (list.rows.length > list.dataset.most && !list.lastElementChild.contains(document.activeElement)) list.lastElementChild.remove();
}

const bar = document.createElement("div");
if (customer) {
  bar.className = "news";
  bar.setAttribute("aria-live", "polite");
  main.prepend(bar);
}

async function count() {
  bar.replaceChildren(await ask(`/customers/${encodeURIComponent(customer)}/news?after=${shown}`));
  const link = bar.querySelector("a");
  if (link) link.href = location.pathname + location.search;
}

if (sign) {
  sign.hidden = false;
  sign.addEventListener("click", () => {
    paused = !paused;
    sign.setAttribute("aria-pressed", String(!paused));
    if (paused) close(); else open();
  });
}

document.addEventListener("visibilitychange", () => { if (document.hidden) close(); else open(); });
addEventListener("pagehide", close);
addEventListener("pageshow", open);
open();
