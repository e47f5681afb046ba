// A client whose packets are MessagePack: prints the message of the error that turns it away.
//
//   node msgpack.mjs URL TRANSPORT

import { io } from "socket.io-client";
import * as parser from "socket.io-msgpack-parser";

const [url, transport] = process.argv.slice(2);
const socket = io(url, { parser, transports: [transport], reconnection: false });

socket.on("connect_error", (error) => {
  console.log(JSON.stringify(error.message));
  socket.disconnect();
});
