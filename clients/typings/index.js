// Generated from asyncapi.yaml by `make generate`. Do not edit.
export {};
