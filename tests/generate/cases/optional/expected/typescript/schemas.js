// Generated from asyncapi.yaml by `make generate`. Do not edit.
const schemas = {
  "/": {
    "client": {
      "shout": {
        "args": 3,
        "least": 1,
        "list": true,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "type": "array",
              "items": [
                {
                  "$ref": "#/definitions/ShoutArg1"
                },
                {
                  "$ref": "#/definitions/ShoutArg2"
                },
                {
                  "$ref": "#/definitions/Mood"
                }
              ],
              "minItems": 1,
              "maxItems": 3
            }
          ],
          "definitions": {
            "Mood": {
              "type": "string",
              "enum": [
                "glad",
                "sad"
              ]
            },
            "ShoutArg1": {
              "type": "string",
              "minLength": 1,
              "maxLength": 20
            },
            "ShoutArg2": {
              "type": "boolean"
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
                  "$ref": "#/definitions/HeardArg1"
                },
                {
                  "$ref": "#/definitions/HeardArg2"
                }
              ],
              "minItems": 1,
              "maxItems": 2
            },
            {
              "type": "array",
              "items": [
                {
                  "$ref": "#/definitions/FailedPayload"
                }
              ],
              "minItems": 1,
              "maxItems": 1
            }
          ],
          "definitions": {
            "FailedPayload": {
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
            "HeardArg1": {
              "type": "integer"
            },
            "HeardArg2": {
              "type": "string"
            }
          }
        }
      },
      "count": {
        "args": 1,
        "least": 0,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/CountPayload"
            }
          ],
          "definitions": {
            "CountPayload": {
              "type": "integer",
              "minimum": 0
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
                  "$ref": "#/definitions/HeardArg1"
                },
                {
                  "$ref": "#/definitions/HeardArg2"
                }
              ],
              "minItems": 1,
              "maxItems": 2
            },
            {
              "type": "array",
              "items": [
                {
                  "$ref": "#/definitions/FailedPayload"
                }
              ],
              "minItems": 1,
              "maxItems": 1
            }
          ],
          "definitions": {
            "FailedPayload": {
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
            "HeardArg1": {
              "type": "integer"
            },
            "HeardArg2": {
              "type": "string"
            }
          }
        }
      },
      "add": {
        "args": 1,
        "rest": true,
        "list": true,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "type": "array",
              "items": [
                {
                  "$ref": "#/definitions/AddPayload"
                }
              ],
              "additionalItems": {
                "$ref": "#/definitions/Amount"
              },
              "minItems": 1
            }
          ],
          "definitions": {
            "AddPayload": {
              "type": "string",
              "maxLength": 10
            },
            "Amount": {
              "type": "integer",
              "minimum": 1,
              "maximum": 100
            }
          }
        },
        "ackArgs": [
          1
        ],
        "ackRest": true,
        "ackList": true,
        "ack": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "anyOf": [
            {
              "type": "array",
              "items": [
                {
                  "$ref": "#/definitions/SumsPayload"
                }
              ],
              "additionalItems": {
                "$ref": "#/definitions/Amount"
              },
              "minItems": 1
            },
            {
              "type": "array",
              "items": [
                {
                  "$ref": "#/definitions/FailedPayload"
                }
              ],
              "minItems": 1,
              "maxItems": 1
            }
          ],
          "definitions": {
            "Amount": {
              "type": "integer",
              "minimum": 1,
              "maximum": 100
            },
            "FailedPayload": {
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
            "SumsPayload": {
              "type": "boolean"
            }
          }
        }
      },
      "any": {
        "args": 0,
        "rest": true,
        "list": true,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "type": "array",
              "items": {
                "$ref": "#/definitions/AnyRest"
              },
              "minItems": 0
            }
          ],
          "definitions": {
            "AnyRest": {
              "type": "string",
              "maxLength": 5
            }
          }
        },
        "ackArgs": [],
        "ack": null
      }
    },
    "server": {
      "shouted": {
        "args": 2,
        "least": 1,
        "list": true,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "type": "array",
              "items": [
                {
                  "$ref": "#/definitions/ShoutedArg1"
                },
                {
                  "$ref": "#/definitions/Mood"
                }
              ],
              "minItems": 1,
              "maxItems": 2
            }
          ],
          "definitions": {
            "Mood": {
              "type": "string",
              "enum": [
                "glad",
                "sad"
              ]
            },
            "ShoutedArg1": {
              "type": "string"
            }
          }
        },
        "ackArgs": [],
        "ack": null
      },
      "added": {
        "args": 1,
        "rest": true,
        "list": true,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "type": "array",
              "items": [
                {
                  "$ref": "#/definitions/AddedPayload"
                }
              ],
              "additionalItems": {
                "$ref": "#/definitions/Amount"
              },
              "minItems": 1
            }
          ],
          "definitions": {
            "AddedPayload": {
              "type": "string"
            },
            "Amount": {
              "type": "integer",
              "minimum": 1,
              "maximum": 100
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
