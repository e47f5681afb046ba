import { app, lists } from "./page.mjs";
import { client, play } from "./story.mjs";

const { createElement } = await import("react");
const { createRoot } = await import("react-dom/client");
const { flushSync } = await import("react-dom");
const { Todos } = await import("./react.js");

const root = createRoot(app);
root.render(createElement(Todos, { client }));
const add = () => app.querySelector("button").click();
await play({ lists, add, unmount: () => flushSync(() => root.unmount()) });
