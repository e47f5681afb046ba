import { app, lists } from "./page.mjs";
import { client, play } from "./story.mjs";

const { createApp } = await import("vue");
const { Todos } = await import("./vue.js");

const page = createApp(Todos, { client });
page.mount(app);
const add = () => app.querySelector("button").click();
await play({ lists, add, unmount: () => page.unmount() });
