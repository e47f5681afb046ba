// Generated from asyncapi.yaml by `make generate`. Do not edit.
const schemas = {
  "/": {
    "client": {
      "start": {
        "args": 0,
        "payload": null,
        "ackArgs": [],
        "ack": null
      }
    },
    "server": {
      "confirm": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/Question"
            }
          ],
          "definitions": {
            "Question": {
              "type": "string"
            }
          }
        },
        "ackArgs": [
          1
        ],
        "ack": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/Confirmed"
            }
          ],
          "definitions": {
            "Confirmed": {
              "type": "boolean"
            }
          }
        }
      },
      "are you there": {
        "args": 0,
        "payload": null,
        "ackArgs": [
          0
        ],
        "ack": null
      }
    }
  }
};

export { schemas };
