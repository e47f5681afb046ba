package org.json;

public class JSONObject {
    public JSONObject(String text) throws JSONException {}
}
