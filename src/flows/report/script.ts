/** What the page does beyond its style: the search. Without it everything else works. */
export const script = `
"use strict";
(() => {
  const box = document.querySelector(".search");
  const rows = [...document.querySelectorAll("tbody tr")];
  if (!box || rows.length === 0) return;
  const input = box.querySelector("input");
  const found = document.querySelector(".found");
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const search = () => {
    const words = input.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let count = 0;
    rows.forEach((row, index) => {
      const fits = words.every((word) => texts[index].includes(word));
      row.hidden = !fits;
      if (fits) count += 1;
    });
    found.textContent = words.length === 0 ? "" : count + " of " + rows.length + " fit the search";
  };
  box.hidden = false;
  input.addEventListener("input", search);
})();
`;
