import "@angular/compiler";
import { createEnvironmentInjector } from "@angular/core";
import { createWatch } from "@angular/core/primitives/signals";
import { client, play } from "./story.mjs";

const { CLIENT, Todos } = await import("./angular.js");
const injector = createEnvironmentInjector([Todos, { provide: CLIENT, useValue: client }], null);
const todos = injector.get(Todos);

/** Resolves once the signal has these titles. */
function lists(...titles) {
  return new Promise((resolve) => {
    const look = () => {
      if (todos.all().map(({ title }) => title).join() !== titles.join()) return;
      watch.destroy();
      console.log("lists", ...titles);
      resolve();
    };
    const watch = createWatch(look, () => queueMicrotask(() => watch.run()), false);
    watch.notify();
  });
}

await play({ lists, add: () => todos.add("Buy milk"), unmount: () => injector.destroy() });
