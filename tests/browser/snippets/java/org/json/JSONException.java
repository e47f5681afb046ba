package org.json;

public class JSONException extends Exception {} // checked on Android and up to 2012
