// What every recipe has to show: what someone else adds, what is added here, and what was missed.
import { createClient } from "todo-service-events/client";

export const client = createClient(process.argv[2], { socket: { reconnectionDelay: 10 } });
const other = createClient(process.argv[2]);

export async function play({ lists, add, unmount }) {
  const create = (title) => other.call("todo:create", { title, completed: false });
  await create("Call Ada");
  await lists("Call Ada");
  await add();
  await lists("Call Ada", "Buy milk");
  client.socket.io.engine.close();
  await create("Sleep");
  await lists("Call Ada", "Buy milk", "Sleep");
  unmount();
  console.log("hears", client.socket.listeners("todo:created").length);
  client.close();
  other.close();
}
