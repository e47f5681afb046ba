// Generated from asyncapi.yaml by `make generate`. Do not edit.
const schemas = {
  "/": {
    "client": {
      "hello": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/HelloPayload"
            }
          ],
          "definitions": {
            "HelloPayload": {
              "type": "string"
            }
          }
        },
        "ackArgs": [],
        "ack": null
      }
    },
    "server": {}
  }
};

export { schemas };
