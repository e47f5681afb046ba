// Generated from asyncapi.yaml by `make generate`. Do not edit.
const schemas = {
  "/lights/{lamp}/measured": {
    "client": {
      "light-measured": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/MeasuredPayload"
            }
          ],
          "definitions": {
            "MeasuredPayload": {
              "type": "object",
              "required": [
                "lumens"
              ],
              "properties": {
                "lumens": {
                  "type": "integer",
                  "minimum": 0
                },
                "at": {
                  "type": "string",
                  "format": "date-time",
                  "default": "2024-01-01T00:00:00Z",
                  "examples": [
                    "2024-05-05"
                  ]
                },
                "next": {
                  "$ref": "#/definitions/MeasuredPayload"
                }
              }
            }
          }
        },
        "ackArgs": [],
        "ack": null
      },
      "turn/off": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/TurnOffPayload"
            }
          ],
          "definitions": {
            "TurnOffPayload": {
              "type": "boolean",
              "examples": [
                true
              ]
            }
          }
        },
        "ackArgs": [],
        "ack": null
      }
    },
    "server": {}
  },
  "/": {
    "client": {
      "avro": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/AvroPayload"
            }
          ],
          "definitions": {
            "AvroPayload": {
              "description": "Described in application/vnd.apache.avro;version=1.9.0."
            }
          }
        },
        "ackArgs": [],
        "ack": null
      },
      "class": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/LampState"
            }
          ],
          "definitions": {
            "LampState": {
              "type": "string",
              "enum": [
                "on",
                "off"
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
              "$ref": "#/definitions/Pet"
            },
            {
              "$ref": "#/definitions/Error2"
            }
          ],
          "definitions": {
            "Cat": {
              "allOf": [
                {
                  "$ref": "#/definitions/PetBase"
                },
                {
                  "type": "object",
                  "properties": {
                    "kittens": {
                      "type": "array",
                      "items": {
                        "$ref": "#/definitions/Cat"
                      }
                    }
                  }
                }
              ]
            },
            "Dog": {
              "allOf": [
                {
                  "$ref": "#/definitions/PetBase"
                },
                {
                  "type": "object",
                  "required": [
                    "kind"
                  ],
                  "properties": {
                    "kind": {
                      "const": "dog"
                    },
                    "barks": {
                      "type": "boolean"
                    },
                    "friend": {
                      "$ref": "#/definitions/Pet"
                    }
                  }
                }
              ]
            },
            "Error2": {
              "type": "object",
              "properties": {
                "error": {
                  "type": "string"
                }
              }
            },
            "Pet": {
              "type": "object",
              "required": [
                "kind"
              ],
              "properties": {
                "kind": {
                  "type": "string"
                }
              },
              "discriminator": "kind",
              "anyOf": [
                {
                  "$ref": "#/definitions/Dog"
                },
                {
                  "$ref": "#/definitions/Cat"
                }
              ]
            },
            "PetBase": {
              "type": "object",
              "required": [
                "kind"
              ],
              "properties": {
                "kind": {
                  "type": "string"
                }
              },
              "discriminator": "kind"
            }
          }
        }
      }
    },
    "server": {
      "pet": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/Pet"
            }
          ],
          "definitions": {
            "Cat": {
              "allOf": [
                {
                  "$ref": "#/definitions/PetBase"
                },
                {
                  "type": "object",
                  "properties": {
                    "kittens": {
                      "type": "array",
                      "items": {
                        "$ref": "#/definitions/Cat"
                      }
                    }
                  }
                }
              ]
            },
            "Dog": {
              "allOf": [
                {
                  "$ref": "#/definitions/PetBase"
                },
                {
                  "type": "object",
                  "required": [
                    "kind"
                  ],
                  "properties": {
                    "kind": {
                      "const": "dog"
                    },
                    "barks": {
                      "type": "boolean"
                    },
                    "friend": {
                      "$ref": "#/definitions/Pet"
                    }
                  }
                }
              ]
            },
            "Pet": {
              "type": "object",
              "required": [
                "kind"
              ],
              "properties": {
                "kind": {
                  "type": "string"
                }
              },
              "discriminator": "kind",
              "anyOf": [
                {
                  "$ref": "#/definitions/Dog"
                },
                {
                  "$ref": "#/definitions/Cat"
                }
              ]
            },
            "PetBase": {
              "type": "object",
              "required": [
                "kind"
              ],
              "properties": {
                "kind": {
                  "type": "string"
                }
              },
              "discriminator": "kind"
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
              "$ref": "#/definitions/AvroPayload"
            }
          ],
          "definitions": {
            "AvroPayload": {
              "description": "Described in application/vnd.apache.avro;version=1.9.0."
            }
          }
        }
      },
      "class": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/LampState"
            }
          ],
          "definitions": {
            "LampState": {
              "type": "string",
              "enum": [
                "on",
                "off"
              ]
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
