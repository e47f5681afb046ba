// Generated from asyncapi.yaml by `make generate`. Do not edit.
const schemas = {
  "/": {
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
              "type": "object",
              "description": "One line. It is kept for \"a while\", in C:\\chat.",
              "required": [
                "text"
              ],
              "properties": {
                "text": {
                  "type": "string",
                  "maxLength": 500
                },
                "to": {
                  "type": "string"
                }
              }
            }
          }
        },
        "ackArgs": [
          1
        ],
        "ack": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "anyOf": [
            {
              "$ref": "#/definitions/Delivery"
            },
            {
              "$ref": "#/definitions/Refused"
            }
          ],
          "definitions": {
            "Delivery": {
              "type": "object",
              "required": [
                "at",
                "seen"
              ],
              "additionalProperties": false,
              "properties": {
                "at": {
                  "type": "integer",
                  "minimum": 0
                },
                "seen": {
                  "type": "array",
                  "items": {
                    "type": "string"
                  }
                }
              }
            },
            "Refused": {
              "type": "object",
              "required": [
                "reason"
              ],
              "additionalProperties": false,
              "properties": {
                "reason": {
                  "enum": [
                    "arguments",
                    "payload",
                    "failure"
                  ]
                },
                "breaches": {
                  "type": "array",
                  "items": {
                    "type": "object"
                  }
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
              "type": "object",
              "description": "One line. It is kept for \"a while\", in C:\\chat.",
              "required": [
                "text"
              ],
              "properties": {
                "text": {
                  "type": "string",
                  "maxLength": 500
                },
                "to": {
                  "type": "string"
                }
              }
            }
          }
        },
        "ackArgs": [],
        "ack": null
      }
    }
  },
  "/staff": {
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
              "type": "object",
              "description": "One line. It is kept for \"a while\", in C:\\chat.",
              "required": [
                "text"
              ],
              "properties": {
                "text": {
                  "type": "string",
                  "maxLength": 500
                },
                "to": {
                  "type": "string"
                }
              }
            }
          }
        },
        "ackArgs": [],
        "ack": null
      }
    },
    "server": {
      "kicked": {
        "args": 0,
        "payload": null,
        "ackArgs": [],
        "ack": null
      }
    }
  }
};

export { schemas };
