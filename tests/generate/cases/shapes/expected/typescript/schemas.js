// Generated from asyncapi.yaml by `make generate`. Do not edit.
const schemas = {
  "/": {
    "client": {
      "draw": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/Shape"
            }
          ],
          "definitions": {
            "Circle": {
              "type": "object",
              "required": [
                "kind",
                "radius"
              ],
              "properties": {
                "kind": {
                  "const": "circle"
                },
                "radius": {
                  "type": "number",
                  "exclusiveMinimum": 0
                },
                "colour": {
                  "$ref": "#/definitions/Colour"
                },
                "label": {
                  "type": [
                    "string",
                    "null"
                  ]
                },
                "filled": {
                  "type": "boolean"
                },
                "level": {
                  "oneOf": [
                    {
                      "$ref": "#/definitions/Level"
                    },
                    {
                      "type": "null"
                    }
                  ]
                }
              }
            },
            "Colour": {
              "type": "string",
              "enum": [
                "red",
                "dark green",
                "3d"
              ]
            },
            "Group": {
              "type": "object",
              "required": [
                "kind",
                "shapes"
              ],
              "properties": {
                "kind": {
                  "const": "group"
                },
                "shapes": {
                  "type": "array",
                  "items": {
                    "$ref": "#/definitions/Shape"
                  }
                },
                "parent": {
                  "$ref": "#/definitions/Group"
                },
                "weights": {
                  "type": "object",
                  "additionalProperties": {
                    "type": "number"
                  }
                },
                "nothing": false
              }
            },
            "Level": {
              "enum": [
                1,
                2,
                3
              ]
            },
            "Shape": {
              "description": "A circle, or a group of shapes.",
              "oneOf": [
                {
                  "$ref": "#/definitions/Circle"
                },
                {
                  "$ref": "#/definitions/Group"
                }
              ]
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
              "$ref": "#/definitions/Drawn"
            },
            {
              "$ref": "#/definitions/Failure"
            }
          ],
          "definitions": {
            "Circle": {
              "type": "object",
              "required": [
                "kind",
                "radius"
              ],
              "properties": {
                "kind": {
                  "const": "circle"
                },
                "radius": {
                  "type": "number",
                  "exclusiveMinimum": 0
                },
                "colour": {
                  "$ref": "#/definitions/Colour"
                },
                "label": {
                  "type": [
                    "string",
                    "null"
                  ]
                },
                "filled": {
                  "type": "boolean"
                },
                "level": {
                  "oneOf": [
                    {
                      "$ref": "#/definitions/Level"
                    },
                    {
                      "type": "null"
                    }
                  ]
                }
              }
            },
            "Colour": {
              "type": "string",
              "enum": [
                "red",
                "dark green",
                "3d"
              ]
            },
            "Drawn": {
              "type": "object",
              "required": [
                "data"
              ],
              "additionalProperties": false,
              "properties": {
                "data": {
                  "type": "array",
                  "items": {
                    "$ref": "#/definitions/Labelled"
                  }
                }
              }
            },
            "Failure": {
              "type": "object",
              "required": [
                "error"
              ],
              "additionalProperties": false,
              "properties": {
                "error": {
                  "type": "string",
                  "enum": [
                    "too big",
                    "too small"
                  ]
                }
              }
            },
            "Labelled": {
              "allOf": [
                {
                  "$ref": "#/definitions/Circle"
                },
                {
                  "type": "object",
                  "required": [
                    "name"
                  ],
                  "properties": {
                    "name": {
                      "type": "string"
                    }
                  }
                }
              ]
            },
            "Level": {
              "enum": [
                1,
                2,
                3
              ]
            }
          }
        }
      }
    },
    "server": {}
  }
};

export { schemas };
