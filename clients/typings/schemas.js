// Generated from asyncapi.yaml by `make generate`. Do not edit.
const schemas = {
  "/": {
    "client": {
      "todo:list": {
        "args": 0,
        "payload": null,
        "ackArgs": [
          1
        ],
        "ack": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "anyOf": [
            {
              "$ref": "#/definitions/TodoListData"
            },
            {
              "$ref": "#/definitions/ErrorResponse"
            }
          ],
          "definitions": {
            "Completed": {
              "type": "boolean",
              "description": "Whether it is done.",
              "examples": [
                false
              ]
            },
            "ErrorDetail": {
              "type": "object",
              "description": "One violation of a payload's schema.",
              "required": [
                "message",
                "path",
                "type"
              ],
              "additionalProperties": false,
              "properties": {
                "message": {
                  "type": "string",
                  "description": "The violation in words; the label is the key in double quotes.",
                  "examples": [
                    "\"title\" is required"
                  ]
                },
                "path": {
                  "type": "array",
                  "description": "Where in the payload, as keys and indices; empty for the payload itself.",
                  "items": {
                    "oneOf": [
                      {
                        "type": "string"
                      },
                      {
                        "type": "integer"
                      }
                    ]
                  },
                  "examples": [
                    [
                      "title"
                    ]
                  ]
                },
                "type": {
                  "type": "string",
                  "description": "The rule that was broken.",
                  "examples": [
                    "any.required"
                  ]
                }
              },
              "examples": [
                {
                  "message": "\"title\" is required",
                  "path": [
                    "title"
                  ],
                  "type": "any.required"
                }
              ]
            },
            "ErrorName": {
              "type": "string",
              "description": "Why an operation was refused. `entity not found`: no todo has that id. `invalid payload`: the arguments break the contract. `too many events`: the client has emitted more events in a second than one client may. `too many todos`: the list is full, delete some first. `an unknown error has occurred`: the service failed.",
              "enum": [
                "entity not found",
                "invalid payload",
                "too many events",
                "too many todos",
                "an unknown error has occurred"
              ],
              "examples": [
                "entity not found"
              ]
            },
            "ErrorResponse": {
              "type": "object",
              "description": "What every operation acknowledges when it changed nothing.",
              "required": [
                "error"
              ],
              "additionalProperties": false,
              "properties": {
                "error": {
                  "$ref": "#/definitions/ErrorName"
                },
                "errorDetails": {
                  "type": "array",
                  "description": "Every violation of an invalid payload, in the order of the schema's properties.",
                  "items": {
                    "$ref": "#/definitions/ErrorDetail"
                  }
                }
              },
              "examples": [
                {
                  "error": "entity not found"
                }
              ]
            },
            "Title": {
              "type": "string",
              "minLength": 1,
              "maxLength": 256,
              "pattern": "^[^\\u0000\\ud800-\\udfff]*$",
              "description": "What is to be done: 1 to 256 characters (code points), kept as sent, spaces included. NUL and lone surrogates, which no database stores faithfully, are refused.",
              "examples": [
                "Buy milk"
              ]
            },
            "Todo": {
              "type": "object",
              "description": "A todo as it is stored, listed and broadcast.",
              "required": [
                "id",
                "title",
                "completed"
              ],
              "additionalProperties": false,
              "properties": {
                "id": {
                  "$ref": "#/definitions/TodoID"
                },
                "title": {
                  "$ref": "#/definitions/Title"
                },
                "completed": {
                  "$ref": "#/definitions/Completed"
                }
              },
              "examples": [
                {
                  "id": "8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13",
                  "title": "Buy milk",
                  "completed": false
                }
              ]
            },
            "TodoID": {
              "type": "string",
              "format": "uuid",
              "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
              "description": "A version 4 UUID, lower case and hyphenated. No other spelling names a todo.",
              "examples": [
                "8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13"
              ]
            },
            "TodoListData": {
              "type": "object",
              "description": "What `todo:list` acknowledges.",
              "required": [
                "data"
              ],
              "additionalProperties": false,
              "properties": {
                "data": {
                  "type": "array",
                  "description": "All todos, oldest first.",
                  "items": {
                    "$ref": "#/definitions/Todo"
                  }
                }
              },
              "examples": [
                {
                  "data": []
                }
              ]
            }
          }
        }
      },
      "todo:create": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/NewTodo"
            }
          ],
          "definitions": {
            "Completed": {
              "type": "boolean",
              "description": "Whether it is done.",
              "examples": [
                false
              ]
            },
            "IdempotencyKey": {
              "type": "string",
              "format": "uuid",
              "pattern": "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$",
              "description": "Names one attempt to create a todo, however often it is sent: a UUID of RFC 9562, hyphenated, of any version (4 and 7 are what libraries make), but neither all zeros nor all ones. Upper and lower case are the same key. It is remembered for 24 hours, unless 100,000 others are used after it.",
              "examples": [
                "0198d5a4-6f1e-7c3a-9b52-4d8e0f7a1c26"
              ]
            },
            "NewTodo": {
              "type": "object",
              "description": "A todo before it is stored. The id is the service's to give.",
              "required": [
                "title",
                "completed"
              ],
              "additionalProperties": false,
              "properties": {
                "id": false,
                "title": {
                  "$ref": "#/definitions/Title"
                },
                "completed": {
                  "$ref": "#/definitions/Completed"
                },
                "idempotencyKey": {
                  "$ref": "#/definitions/IdempotencyKey"
                }
              },
              "examples": [
                {
                  "title": "Buy milk",
                  "completed": false
                }
              ]
            },
            "Title": {
              "type": "string",
              "minLength": 1,
              "maxLength": 256,
              "pattern": "^[^\\u0000\\ud800-\\udfff]*$",
              "description": "What is to be done: 1 to 256 characters (code points), kept as sent, spaces included. NUL and lone surrogates, which no database stores faithfully, are refused.",
              "examples": [
                "Buy milk"
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
              "$ref": "#/definitions/TodoIDData"
            },
            {
              "$ref": "#/definitions/ErrorResponse"
            }
          ],
          "definitions": {
            "ErrorDetail": {
              "type": "object",
              "description": "One violation of a payload's schema.",
              "required": [
                "message",
                "path",
                "type"
              ],
              "additionalProperties": false,
              "properties": {
                "message": {
                  "type": "string",
                  "description": "The violation in words; the label is the key in double quotes.",
                  "examples": [
                    "\"title\" is required"
                  ]
                },
                "path": {
                  "type": "array",
                  "description": "Where in the payload, as keys and indices; empty for the payload itself.",
                  "items": {
                    "oneOf": [
                      {
                        "type": "string"
                      },
                      {
                        "type": "integer"
                      }
                    ]
                  },
                  "examples": [
                    [
                      "title"
                    ]
                  ]
                },
                "type": {
                  "type": "string",
                  "description": "The rule that was broken.",
                  "examples": [
                    "any.required"
                  ]
                }
              },
              "examples": [
                {
                  "message": "\"title\" is required",
                  "path": [
                    "title"
                  ],
                  "type": "any.required"
                }
              ]
            },
            "ErrorName": {
              "type": "string",
              "description": "Why an operation was refused. `entity not found`: no todo has that id. `invalid payload`: the arguments break the contract. `too many events`: the client has emitted more events in a second than one client may. `too many todos`: the list is full, delete some first. `an unknown error has occurred`: the service failed.",
              "enum": [
                "entity not found",
                "invalid payload",
                "too many events",
                "too many todos",
                "an unknown error has occurred"
              ],
              "examples": [
                "entity not found"
              ]
            },
            "ErrorResponse": {
              "type": "object",
              "description": "What every operation acknowledges when it changed nothing.",
              "required": [
                "error"
              ],
              "additionalProperties": false,
              "properties": {
                "error": {
                  "$ref": "#/definitions/ErrorName"
                },
                "errorDetails": {
                  "type": "array",
                  "description": "Every violation of an invalid payload, in the order of the schema's properties.",
                  "items": {
                    "$ref": "#/definitions/ErrorDetail"
                  }
                }
              },
              "examples": [
                {
                  "error": "entity not found"
                }
              ]
            },
            "TodoID": {
              "type": "string",
              "format": "uuid",
              "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
              "description": "A version 4 UUID, lower case and hyphenated. No other spelling names a todo.",
              "examples": [
                "8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13"
              ]
            },
            "TodoIDData": {
              "type": "object",
              "description": "What `todo:create` acknowledges.",
              "required": [
                "data"
              ],
              "additionalProperties": false,
              "properties": {
                "data": {
                  "$ref": "#/definitions/TodoID"
                }
              },
              "examples": [
                {
                  "data": "8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13"
                }
              ]
            }
          }
        }
      },
      "todo:read": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/TodoID"
            }
          ],
          "definitions": {
            "TodoID": {
              "type": "string",
              "format": "uuid",
              "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
              "description": "A version 4 UUID, lower case and hyphenated. No other spelling names a todo.",
              "examples": [
                "8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13"
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
              "$ref": "#/definitions/TodoData"
            },
            {
              "$ref": "#/definitions/ErrorResponse"
            }
          ],
          "definitions": {
            "Completed": {
              "type": "boolean",
              "description": "Whether it is done.",
              "examples": [
                false
              ]
            },
            "ErrorDetail": {
              "type": "object",
              "description": "One violation of a payload's schema.",
              "required": [
                "message",
                "path",
                "type"
              ],
              "additionalProperties": false,
              "properties": {
                "message": {
                  "type": "string",
                  "description": "The violation in words; the label is the key in double quotes.",
                  "examples": [
                    "\"title\" is required"
                  ]
                },
                "path": {
                  "type": "array",
                  "description": "Where in the payload, as keys and indices; empty for the payload itself.",
                  "items": {
                    "oneOf": [
                      {
                        "type": "string"
                      },
                      {
                        "type": "integer"
                      }
                    ]
                  },
                  "examples": [
                    [
                      "title"
                    ]
                  ]
                },
                "type": {
                  "type": "string",
                  "description": "The rule that was broken.",
                  "examples": [
                    "any.required"
                  ]
                }
              },
              "examples": [
                {
                  "message": "\"title\" is required",
                  "path": [
                    "title"
                  ],
                  "type": "any.required"
                }
              ]
            },
            "ErrorName": {
              "type": "string",
              "description": "Why an operation was refused. `entity not found`: no todo has that id. `invalid payload`: the arguments break the contract. `too many events`: the client has emitted more events in a second than one client may. `too many todos`: the list is full, delete some first. `an unknown error has occurred`: the service failed.",
              "enum": [
                "entity not found",
                "invalid payload",
                "too many events",
                "too many todos",
                "an unknown error has occurred"
              ],
              "examples": [
                "entity not found"
              ]
            },
            "ErrorResponse": {
              "type": "object",
              "description": "What every operation acknowledges when it changed nothing.",
              "required": [
                "error"
              ],
              "additionalProperties": false,
              "properties": {
                "error": {
                  "$ref": "#/definitions/ErrorName"
                },
                "errorDetails": {
                  "type": "array",
                  "description": "Every violation of an invalid payload, in the order of the schema's properties.",
                  "items": {
                    "$ref": "#/definitions/ErrorDetail"
                  }
                }
              },
              "examples": [
                {
                  "error": "entity not found"
                }
              ]
            },
            "Title": {
              "type": "string",
              "minLength": 1,
              "maxLength": 256,
              "pattern": "^[^\\u0000\\ud800-\\udfff]*$",
              "description": "What is to be done: 1 to 256 characters (code points), kept as sent, spaces included. NUL and lone surrogates, which no database stores faithfully, are refused.",
              "examples": [
                "Buy milk"
              ]
            },
            "Todo": {
              "type": "object",
              "description": "A todo as it is stored, listed and broadcast.",
              "required": [
                "id",
                "title",
                "completed"
              ],
              "additionalProperties": false,
              "properties": {
                "id": {
                  "$ref": "#/definitions/TodoID"
                },
                "title": {
                  "$ref": "#/definitions/Title"
                },
                "completed": {
                  "$ref": "#/definitions/Completed"
                }
              },
              "examples": [
                {
                  "id": "8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13",
                  "title": "Buy milk",
                  "completed": false
                }
              ]
            },
            "TodoData": {
              "type": "object",
              "description": "What `todo:read` acknowledges.",
              "required": [
                "data"
              ],
              "additionalProperties": false,
              "properties": {
                "data": {
                  "$ref": "#/definitions/Todo"
                }
              },
              "examples": [
                {
                  "data": {
                    "id": "8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13",
                    "title": "Buy milk",
                    "completed": false
                  }
                }
              ]
            },
            "TodoID": {
              "type": "string",
              "format": "uuid",
              "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
              "description": "A version 4 UUID, lower case and hyphenated. No other spelling names a todo.",
              "examples": [
                "8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13"
              ]
            }
          }
        }
      },
      "todo:update": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/Todo"
            }
          ],
          "definitions": {
            "Completed": {
              "type": "boolean",
              "description": "Whether it is done.",
              "examples": [
                false
              ]
            },
            "Title": {
              "type": "string",
              "minLength": 1,
              "maxLength": 256,
              "pattern": "^[^\\u0000\\ud800-\\udfff]*$",
              "description": "What is to be done: 1 to 256 characters (code points), kept as sent, spaces included. NUL and lone surrogates, which no database stores faithfully, are refused.",
              "examples": [
                "Buy milk"
              ]
            },
            "Todo": {
              "type": "object",
              "description": "A todo as it is stored, listed and broadcast.",
              "required": [
                "id",
                "title",
                "completed"
              ],
              "additionalProperties": false,
              "properties": {
                "id": {
                  "$ref": "#/definitions/TodoID"
                },
                "title": {
                  "$ref": "#/definitions/Title"
                },
                "completed": {
                  "$ref": "#/definitions/Completed"
                }
              },
              "examples": [
                {
                  "id": "8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13",
                  "title": "Buy milk",
                  "completed": false
                }
              ]
            },
            "TodoID": {
              "type": "string",
              "format": "uuid",
              "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
              "description": "A version 4 UUID, lower case and hyphenated. No other spelling names a todo.",
              "examples": [
                "8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13"
              ]
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
              "$ref": "#/definitions/ErrorResponse"
            }
          ],
          "definitions": {
            "ErrorDetail": {
              "type": "object",
              "description": "One violation of a payload's schema.",
              "required": [
                "message",
                "path",
                "type"
              ],
              "additionalProperties": false,
              "properties": {
                "message": {
                  "type": "string",
                  "description": "The violation in words; the label is the key in double quotes.",
                  "examples": [
                    "\"title\" is required"
                  ]
                },
                "path": {
                  "type": "array",
                  "description": "Where in the payload, as keys and indices; empty for the payload itself.",
                  "items": {
                    "oneOf": [
                      {
                        "type": "string"
                      },
                      {
                        "type": "integer"
                      }
                    ]
                  },
                  "examples": [
                    [
                      "title"
                    ]
                  ]
                },
                "type": {
                  "type": "string",
                  "description": "The rule that was broken.",
                  "examples": [
                    "any.required"
                  ]
                }
              },
              "examples": [
                {
                  "message": "\"title\" is required",
                  "path": [
                    "title"
                  ],
                  "type": "any.required"
                }
              ]
            },
            "ErrorName": {
              "type": "string",
              "description": "Why an operation was refused. `entity not found`: no todo has that id. `invalid payload`: the arguments break the contract. `too many events`: the client has emitted more events in a second than one client may. `too many todos`: the list is full, delete some first. `an unknown error has occurred`: the service failed.",
              "enum": [
                "entity not found",
                "invalid payload",
                "too many events",
                "too many todos",
                "an unknown error has occurred"
              ],
              "examples": [
                "entity not found"
              ]
            },
            "ErrorResponse": {
              "type": "object",
              "description": "What every operation acknowledges when it changed nothing.",
              "required": [
                "error"
              ],
              "additionalProperties": false,
              "properties": {
                "error": {
                  "$ref": "#/definitions/ErrorName"
                },
                "errorDetails": {
                  "type": "array",
                  "description": "Every violation of an invalid payload, in the order of the schema's properties.",
                  "items": {
                    "$ref": "#/definitions/ErrorDetail"
                  }
                }
              },
              "examples": [
                {
                  "error": "entity not found"
                }
              ]
            }
          }
        }
      },
      "todo:delete": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/TodoID"
            }
          ],
          "definitions": {
            "TodoID": {
              "type": "string",
              "format": "uuid",
              "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
              "description": "A version 4 UUID, lower case and hyphenated. No other spelling names a todo.",
              "examples": [
                "8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13"
              ]
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
              "$ref": "#/definitions/ErrorResponse"
            }
          ],
          "definitions": {
            "ErrorDetail": {
              "type": "object",
              "description": "One violation of a payload's schema.",
              "required": [
                "message",
                "path",
                "type"
              ],
              "additionalProperties": false,
              "properties": {
                "message": {
                  "type": "string",
                  "description": "The violation in words; the label is the key in double quotes.",
                  "examples": [
                    "\"title\" is required"
                  ]
                },
                "path": {
                  "type": "array",
                  "description": "Where in the payload, as keys and indices; empty for the payload itself.",
                  "items": {
                    "oneOf": [
                      {
                        "type": "string"
                      },
                      {
                        "type": "integer"
                      }
                    ]
                  },
                  "examples": [
                    [
                      "title"
                    ]
                  ]
                },
                "type": {
                  "type": "string",
                  "description": "The rule that was broken.",
                  "examples": [
                    "any.required"
                  ]
                }
              },
              "examples": [
                {
                  "message": "\"title\" is required",
                  "path": [
                    "title"
                  ],
                  "type": "any.required"
                }
              ]
            },
            "ErrorName": {
              "type": "string",
              "description": "Why an operation was refused. `entity not found`: no todo has that id. `invalid payload`: the arguments break the contract. `too many events`: the client has emitted more events in a second than one client may. `too many todos`: the list is full, delete some first. `an unknown error has occurred`: the service failed.",
              "enum": [
                "entity not found",
                "invalid payload",
                "too many events",
                "too many todos",
                "an unknown error has occurred"
              ],
              "examples": [
                "entity not found"
              ]
            },
            "ErrorResponse": {
              "type": "object",
              "description": "What every operation acknowledges when it changed nothing.",
              "required": [
                "error"
              ],
              "additionalProperties": false,
              "properties": {
                "error": {
                  "$ref": "#/definitions/ErrorName"
                },
                "errorDetails": {
                  "type": "array",
                  "description": "Every violation of an invalid payload, in the order of the schema's properties.",
                  "items": {
                    "$ref": "#/definitions/ErrorDetail"
                  }
                }
              },
              "examples": [
                {
                  "error": "entity not found"
                }
              ]
            }
          }
        }
      },
      "presence:watch": {
        "args": 0,
        "payload": null,
        "ackArgs": [
          1
        ],
        "ack": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "anyOf": [
            {
              "$ref": "#/definitions/PresenceData"
            },
            {
              "$ref": "#/definitions/ErrorResponse"
            }
          ],
          "definitions": {
            "ErrorDetail": {
              "type": "object",
              "description": "One violation of a payload's schema.",
              "required": [
                "message",
                "path",
                "type"
              ],
              "additionalProperties": false,
              "properties": {
                "message": {
                  "type": "string",
                  "description": "The violation in words; the label is the key in double quotes.",
                  "examples": [
                    "\"title\" is required"
                  ]
                },
                "path": {
                  "type": "array",
                  "description": "Where in the payload, as keys and indices; empty for the payload itself.",
                  "items": {
                    "oneOf": [
                      {
                        "type": "string"
                      },
                      {
                        "type": "integer"
                      }
                    ]
                  },
                  "examples": [
                    [
                      "title"
                    ]
                  ]
                },
                "type": {
                  "type": "string",
                  "description": "The rule that was broken.",
                  "examples": [
                    "any.required"
                  ]
                }
              },
              "examples": [
                {
                  "message": "\"title\" is required",
                  "path": [
                    "title"
                  ],
                  "type": "any.required"
                }
              ]
            },
            "ErrorName": {
              "type": "string",
              "description": "Why an operation was refused. `entity not found`: no todo has that id. `invalid payload`: the arguments break the contract. `too many events`: the client has emitted more events in a second than one client may. `too many todos`: the list is full, delete some first. `an unknown error has occurred`: the service failed.",
              "enum": [
                "entity not found",
                "invalid payload",
                "too many events",
                "too many todos",
                "an unknown error has occurred"
              ],
              "examples": [
                "entity not found"
              ]
            },
            "ErrorResponse": {
              "type": "object",
              "description": "What every operation acknowledges when it changed nothing.",
              "required": [
                "error"
              ],
              "additionalProperties": false,
              "properties": {
                "error": {
                  "$ref": "#/definitions/ErrorName"
                },
                "errorDetails": {
                  "type": "array",
                  "description": "Every violation of an invalid payload, in the order of the schema's properties.",
                  "items": {
                    "$ref": "#/definitions/ErrorDetail"
                  }
                }
              },
              "examples": [
                {
                  "error": "entity not found"
                }
              ]
            },
            "Presence": {
              "type": "object",
              "description": "How many clients are connected to one node of the service.",
              "required": [
                "clients"
              ],
              "additionalProperties": false,
              "properties": {
                "clients": {
                  "type": "integer",
                  "minimum": 0,
                  "description": "Clients, whoever is told included.",
                  "examples": [
                    2
                  ]
                }
              },
              "examples": [
                {
                  "clients": 2
                }
              ]
            },
            "PresenceData": {
              "type": "object",
              "description": "What `presence:watch` acknowledges.",
              "required": [
                "data"
              ],
              "additionalProperties": false,
              "properties": {
                "data": {
                  "$ref": "#/definitions/Presence"
                }
              },
              "examples": [
                {
                  "data": {
                    "clients": 2
                  }
                }
              ]
            }
          }
        }
      }
    },
    "server": {
      "todo:created": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/Todo"
            }
          ],
          "definitions": {
            "Completed": {
              "type": "boolean",
              "description": "Whether it is done.",
              "examples": [
                false
              ]
            },
            "Title": {
              "type": "string",
              "minLength": 1,
              "maxLength": 256,
              "pattern": "^[^\\u0000\\ud800-\\udfff]*$",
              "description": "What is to be done: 1 to 256 characters (code points), kept as sent, spaces included. NUL and lone surrogates, which no database stores faithfully, are refused.",
              "examples": [
                "Buy milk"
              ]
            },
            "Todo": {
              "type": "object",
              "description": "A todo as it is stored, listed and broadcast.",
              "required": [
                "id",
                "title",
                "completed"
              ],
              "additionalProperties": false,
              "properties": {
                "id": {
                  "$ref": "#/definitions/TodoID"
                },
                "title": {
                  "$ref": "#/definitions/Title"
                },
                "completed": {
                  "$ref": "#/definitions/Completed"
                }
              },
              "examples": [
                {
                  "id": "8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13",
                  "title": "Buy milk",
                  "completed": false
                }
              ]
            },
            "TodoID": {
              "type": "string",
              "format": "uuid",
              "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
              "description": "A version 4 UUID, lower case and hyphenated. No other spelling names a todo.",
              "examples": [
                "8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13"
              ]
            }
          }
        },
        "ackArgs": [],
        "ack": null
      },
      "todo:updated": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/Todo"
            }
          ],
          "definitions": {
            "Completed": {
              "type": "boolean",
              "description": "Whether it is done.",
              "examples": [
                false
              ]
            },
            "Title": {
              "type": "string",
              "minLength": 1,
              "maxLength": 256,
              "pattern": "^[^\\u0000\\ud800-\\udfff]*$",
              "description": "What is to be done: 1 to 256 characters (code points), kept as sent, spaces included. NUL and lone surrogates, which no database stores faithfully, are refused.",
              "examples": [
                "Buy milk"
              ]
            },
            "Todo": {
              "type": "object",
              "description": "A todo as it is stored, listed and broadcast.",
              "required": [
                "id",
                "title",
                "completed"
              ],
              "additionalProperties": false,
              "properties": {
                "id": {
                  "$ref": "#/definitions/TodoID"
                },
                "title": {
                  "$ref": "#/definitions/Title"
                },
                "completed": {
                  "$ref": "#/definitions/Completed"
                }
              },
              "examples": [
                {
                  "id": "8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13",
                  "title": "Buy milk",
                  "completed": false
                }
              ]
            },
            "TodoID": {
              "type": "string",
              "format": "uuid",
              "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
              "description": "A version 4 UUID, lower case and hyphenated. No other spelling names a todo.",
              "examples": [
                "8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13"
              ]
            }
          }
        },
        "ackArgs": [],
        "ack": null
      },
      "todo:deleted": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/TodoID"
            }
          ],
          "definitions": {
            "TodoID": {
              "type": "string",
              "format": "uuid",
              "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
              "description": "A version 4 UUID, lower case and hyphenated. No other spelling names a todo.",
              "examples": [
                "8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13"
              ]
            }
          }
        },
        "ackArgs": [],
        "ack": null
      },
      "presence:changed": {
        "args": 1,
        "payload": {
          "$schema": "http://json-schema.org/draft-07/schema#",
          "allOf": [
            {
              "$ref": "#/definitions/Presence"
            }
          ],
          "definitions": {
            "Presence": {
              "type": "object",
              "description": "How many clients are connected to one node of the service.",
              "required": [
                "clients"
              ],
              "additionalProperties": false,
              "properties": {
                "clients": {
                  "type": "integer",
                  "minimum": 0,
                  "description": "Clients, whoever is told included.",
                  "examples": [
                    2
                  ]
                }
              },
              "examples": [
                {
                  "clients": 2
                }
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
