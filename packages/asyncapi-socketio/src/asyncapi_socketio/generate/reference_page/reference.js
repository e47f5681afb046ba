"use strict";

const root = document.documentElement;
const part = (id) => document.getElementById(id);
const contract = JSON.parse(part("contract").textContent);
const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};
const shown = (value) => JSON.stringify(value, null, 2);

// What a reader chose before; a file may not keep it.
const stored = (key) => {
  try { return localStorage.getItem(key); } catch { return null; }
};
const keep = (key, value) => {
  try { localStorage.setItem(key, value); } catch { /* not kept, then */ }
};

// Light or dark: as the system says, until the button is pressed.
const theme = part("theme");
const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const show = (name) => {
  root.dataset.theme = name;
  theme.setAttribute("aria-pressed", String(name === "dark"));
};
show(stored("theme") ?? (prefersDark.matches ? "dark" : "light"));
prefersDark.addEventListener("change", () => stored("theme") ?? show(prefersDark.matches ? "dark" : "light"));
theme.addEventListener("click", () => {
  show(root.dataset.theme === "dark" ? "light" : "dark");
  keep("theme", root.dataset.theme);
});

// On a phone the contents are folded; a link in them folds them again.
const contents = part("contents");
const narrow = matchMedia("(max-width: 50rem)");
const fold = () => { contents.open = !narrow.matches; };
narrow.addEventListener("change", fold);
fold();
contents.addEventListener("click", (event) => { if (event.target.closest("a")) fold(); });

// A link to something folded opens it.
const reveal = () => {
  const target = location.hash && part(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  const folded = target.querySelector(":scope > details");
  if (folded) folded.open = true;
  target.scrollIntoView();
};
addEventListener("hashchange", reveal);
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (link && link.hash === location.hash) reveal();
});

const articles = [...document.querySelectorAll("article")];
const folds = articles.map((article) => article.querySelector(":scope > details"));
const unfold = part("unfold");
unfold.addEventListener("click", () => {
  const open = unfold.getAttribute("aria-pressed") !== "true";
  unfold.setAttribute("aria-pressed", String(open));
  for (const details of folds) details.open = open;
});
addEventListener("beforeprint", () => { for (const details of folds) details.open = true; });

part("download").addEventListener("click", () => {
  const blob = new Blob([shown(contract.source)], { type: "application/json" });
  const url = URL.createObjectURL(blob);
  make("a", { href: url, download: "asyncapi.json" }).click();
  setTimeout(() => URL.revokeObjectURL(url));
});

// Search: whatever has all the words stays.
const search = part("search");
const links = new Map([...document.querySelectorAll("nav li a")].map((link) => [link.hash, link.parentElement]));
const texts = new Map(articles.map((article) => [article, article.textContent.toLowerCase()]));
search.addEventListener("input", () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const article of articles) {
    const hit = words.every((word) => texts.get(article).includes(word));
    article.hidden = !hit;
    links.get(`#${article.id}`)?.toggleAttribute("hidden", !hit);
    count += hit;
  }
  part("found").textContent = words.length ? `${count} found` : "";
});
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.closest("input, textarea, select")) return;
  event.preventDefault();
  search.focus();
});
addEventListener("DOMContentLoaded", reveal);
