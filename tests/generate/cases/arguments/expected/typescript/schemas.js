// Generated from asyncapi.yaml by `make generate`. Do not edit.
const schemas = {
  "/": {
    "client": {
      "none": {
        "args": 0,
        "payload": null,
        "ackArgs": [],
        "ack": null
      },
      "number": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/NumberPayload"
            }
          ],
          "definitions": {
            "NumberPayload": {
              "type": "number",
              "minimum": 0
            }
          }
        },
        "ackArgs": [],
        "ack": null
      },
      "whole": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/WholePayload"
            }
          ],
          "definitions": {
            "WholePayload": {
              "type": "integer"
            }
          }
        },
        "ackArgs": [],
        "ack": null
      },
      "truth": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/TruthPayload"
            }
          ],
          "definitions": {
            "TruthPayload": {
              "type": "boolean"
            }
          }
        },
        "ackArgs": [],
        "ack": null
      },
      "a text": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/Text"
            }
          ],
          "definitions": {
            "Text": {
              "type": "string",
              "maxLength": 9
            }
          }
        },
        "ackArgs": [],
        "ack": null
      },
      "texts": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/TextsPayload"
            }
          ],
          "definitions": {
            "Text": {
              "type": "string",
              "maxLength": 9
            },
            "TextsPayload": {
              "type": "array",
              "items": {
                "$ref": "#/definitions/Text"
              },
              "maxItems": 9
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
              "$ref": "#/definitions/Numbers"
            }
          ],
          "definitions": {
            "Numbers": {
              "type": "array",
              "items": {
                "type": "number"
              }
            }
          }
        }
      },
      "anything": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/AnythingPayload"
            }
          ],
          "definitions": {
            "AnythingPayload": {}
          }
        },
        "ackArgs": [],
        "ack": null
      },
      "pair": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/PairPayload"
            }
          ],
          "definitions": {
            "PairPayload": {
              "type": "object",
              "required": [
                "left",
                "the right"
              ],
              "properties": {
                "left": {
                  "type": "string"
                },
                "the right": {
                  "type": "string"
                },
                "class": {
                  "type": "string"
                }
              }
            }
          }
        },
        "ackArgs": [],
        "ack": null
      },
      "old": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/OldPayload"
            }
          ],
          "definitions": {
            "OldPayload": {
              "type": "string"
            }
          }
        },
        "ackArgs": [],
        "ack": null
      }
    },
    "server": {
      "tick": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/TickPayload"
            }
          ],
          "definitions": {
            "TickPayload": {
              "type": "array",
              "items": {
                "type": "number"
              }
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
