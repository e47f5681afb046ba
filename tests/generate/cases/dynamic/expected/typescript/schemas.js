// Generated from asyncapi.yaml by `make generate`. Do not edit.
const schemas = {
  "/": {
    "client": {
      "open": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/OpenPayload"
            }
          ],
          "definitions": {
            "OpenPayload": {
              "type": "string",
              "minLength": 1,
              "maxLength": 20
            }
          }
        },
        "ackArgs": [
          0,
          1
        ],
        "ack": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/Refused"
            }
          ],
          "definitions": {
            "Refused": {
              "type": "object",
              "required": [
                "error"
              ],
              "properties": {
                "error": {
                  "type": "string"
                }
              }
            }
          }
        }
      }
    },
    "server": {}
  },
  "/rooms/{id}": {
    "client": {
      "say": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/Line"
            }
          ],
          "definitions": {
            "Line": {
              "type": "string",
              "minLength": 1,
              "maxLength": 100
            }
          }
        },
        "ackArgs": [
          0,
          1
        ],
        "ack": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/Refused"
            }
          ],
          "definitions": {
            "Refused": {
              "type": "object",
              "required": [
                "error"
              ],
              "properties": {
                "error": {
                  "type": "string"
                }
              }
            }
          }
        }
      }
    },
    "server": {
      "said": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/Line"
            }
          ],
          "definitions": {
            "Line": {
              "type": "string",
              "minLength": 1,
              "maxLength": 100
            }
          }
        },
        "ackArgs": [],
        "ack": null
      },
      "opened": {
        "args": 0,
        "payload": null,
        "ackArgs": [],
        "ack": null
      },
      "sure": {
        "args": 0,
        "payload": null,
        "ackArgs": [
          1
        ],
        "ack": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/YesPayload"
            }
          ],
          "definitions": {
            "YesPayload": {
              "type": "boolean"
            }
          }
        }
      }
    }
  },
  "/rooms/attic": {
    "client": {
      "say": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/Line"
            }
          ],
          "definitions": {
            "Line": {
              "type": "string",
              "minLength": 1,
              "maxLength": 100
            }
          }
        },
        "ackArgs": [],
        "ack": null
      }
    },
    "server": {}
  },
  "/{floor}/seats/{seat-number}": {
    "client": {
      "sit": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/SitPayload"
            }
          ],
          "definitions": {
            "SitPayload": {
              "type": "integer",
              "minimum": 0
            }
          }
        },
        "ackArgs": [],
        "ack": null
      }
    },
    "server": {
      "taken": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/TakenPayload"
            }
          ],
          "definitions": {
            "TakenPayload": {
              "type": "string"
            }
          }
        },
        "ackArgs": [],
        "ack": null
      }
    }
  }
};

export { schemas };
