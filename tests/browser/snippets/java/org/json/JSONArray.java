package org.json;

public class JSONArray {
    public JSONArray(String text) throws JSONException {}
}
