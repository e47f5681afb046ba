// A page in jsdom, for a component that is mounted on it.
import { JSDOM } from "jsdom";

const { window } = new JSDOM('<div id="app"></div>');
const { document, Element, MutationObserver, navigator, SVGElement } = window;
for (const [name, value] of Object.entries({ window, document, Element, navigator, SVGElement })) {
  Object.defineProperty(globalThis, name, { value }); // Node has a navigator of its own
}

export const app = document.getElementById("app");

/** Resolves once the page lists these titles. */
export function lists(...titles) {
  const listed = () => [...document.querySelectorAll("li")].map((item) => item.textContent);
  return new Promise((resolve) => {
    const look = () => {
      if (listed().join() !== titles.join()) return;
      observer.disconnect();
      console.log("lists", ...titles);
      resolve();
    };
    const observer = new MutationObserver(look);
    observer.observe(app, { childList: true, subtree: true, characterData: true });
    look();
  });
}
