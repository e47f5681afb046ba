// Generated from asyncapi.yaml by `make generate`. Do not edit.
const schemas = {
  "/": {
    "client": {
      "move": {
        "args": 3,
        "list": true,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "type": "array",
              "items": [
                {
                  "$ref": "#/definitions/Point"
                },
                {
                  "$ref": "#/definitions/MoveArg2"
                },
                {
                  "$ref": "#/definitions/MoveHowFast"
                }
              ],
              "minItems": 3,
              "maxItems": 3
            }
          ],
          "definitions": {
            "MoveArg2": {
              "type": "boolean"
            },
            "MoveHowFast": {
              "title": "How Fast",
              "type": "number",
              "minimum": 0
            },
            "Point": {
              "type": "object",
              "required": [
                "x",
                "y"
              ],
              "additionalProperties": false,
              "properties": {
                "x": {
                  "type": "number"
                },
                "y": {
                  "type": "number"
                }
              }
            }
          }
        },
        "ackArgs": [
          1,
          2
        ],
        "ackList": true,
        "ack": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "anyOf": [
            {
              "type": "array",
              "items": [
                {
                  "$ref": "#/definitions/Point"
                },
                {
                  "$ref": "#/definitions/HereArg2"
                }
              ],
              "minItems": 2,
              "maxItems": 2
            },
            {
              "type": "array",
              "items": [
                {
                  "$ref": "#/definitions/LostPayload"
                }
              ],
              "minItems": 1,
              "maxItems": 1
            }
          ],
          "definitions": {
            "HereArg2": {
              "type": "string"
            },
            "LostPayload": {
              "type": "object",
              "required": [
                "error"
              ],
              "properties": {
                "error": {
                  "type": "string"
                }
              }
            },
            "Point": {
              "type": "object",
              "required": [
                "x",
                "y"
              ],
              "additionalProperties": false,
              "properties": {
                "x": {
                  "type": "number"
                },
                "y": {
                  "type": "number"
                }
              }
            }
          }
        }
      },
      "say": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/SayPayload"
            }
          ],
          "definitions": {
            "SayPayload": {
              "type": "string"
            }
          }
        },
        "ackArgs": [],
        "ack": null
      },
      "leave": {
        "args": 0,
        "payload": null,
        "ackArgs": [],
        "ack": null
      },
      "ping": {
        "args": 1,
        "rest": true,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/PingPayload"
            }
          ],
          "definitions": {
            "PingPayload": {
              "type": "integer"
            }
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
              "type": "array",
              "items": [
                {
                  "type": "number"
                },
                {
                  "type": "number"
                }
              ]
            }
          }
        },
        "ackArgs": [],
        "ack": null
      }
    },
    "server": {
      "moved": {
        "args": 2,
        "list": true,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "type": "array",
              "items": [
                {
                  "$ref": "#/definitions/Point"
                },
                {
                  "$ref": "#/definitions/MovedArg2"
                }
              ],
              "minItems": 2,
              "maxItems": 2
            }
          ],
          "definitions": {
            "MovedArg2": {
              "type": "boolean"
            },
            "Point": {
              "type": "object",
              "required": [
                "x",
                "y"
              ],
              "additionalProperties": false,
              "properties": {
                "x": {
                  "type": "number"
                },
                "y": {
                  "type": "number"
                }
              }
            }
          }
        },
        "ackArgs": [],
        "ack": null
      },
      "where": {
        "args": 0,
        "payload": null,
        "ackArgs": [
          0,
          2
        ],
        "ackList": true,
        "ack": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "anyOf": [
            {
              "type": "array",
              "items": [
                {
                  "$ref": "#/definitions/Point"
                },
                {
                  "$ref": "#/definitions/HereArg2"
                }
              ],
              "minItems": 2,
              "maxItems": 2
            },
            {
              "type": "array",
              "minItems": 0,
              "maxItems": 0
            }
          ],
          "definitions": {
            "HereArg2": {
              "type": "string"
            },
            "Point": {
              "type": "object",
              "required": [
                "x",
                "y"
              ],
              "additionalProperties": false,
              "properties": {
                "x": {
                  "type": "number"
                },
                "y": {
                  "type": "number"
                }
              }
            }
          }
        }
      }
    }
  }
};

export { schemas };
