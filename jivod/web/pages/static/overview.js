// What a chart says where the pointer is, read from the table behind it. Nothing needs it.

for (const plot of document.querySelectorAll(".plot")) {
  const table = plot.parentElement.querySelector(".behind table");
  if (!table) continue;
  const heads = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent);
  const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent));
  if (!("week" in plot.dataset)) rows.reverse(); // the last day stands first

  const chart = plot.querySelector("svg");
  chart.addEventListener("pointermove", (event) => {
    const box = chart.getBoundingClientRect();
    const [name, ...numbers] = rows[place(event.clientX - box.left, box.width, rows.length)];
    const column = place(event.clientY - box.top, box.height, heads.length);
    plot.title = "week" in plot.dataset
      ? `${heads[column]} ${name}: ${numbers[column]}`
      : [name, ...numbers.map((number, n) => `${heads[n]}: ${number}`)].join("\n");
  });
}

function place(at, size, count) {
  return Math.min(count - 1, Math.max(0, Math.floor(at / size * count)));
}
