"""The doors that Gradio puts into a server, which it serves the page with."""

from evals.serving.doors.door import Door


def page_doors() -> list[Door]:
    """What Gradio serves; its events are tried apart (``evals.serving.doors.events``)."""
    api, up = "/gradio_api", "%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e"
    stream = f"{api}/stream/{{session_hash}}/{{run}}/{{component_id}}"
    component = f"{api}/custom_component/a/client/component/index.js"
    called = {"data": ["doc-<document> 1", None], "fn_index": 20}
    listing = {"data": ["<file>"], "component_id": 1, "fn_name": "ls", "session_hash": "<session>"}
    found = [
        Door("GET", "/", headers={"Accept": "text/html"}),
        Door("GET", "/", "/?conversation=<conversation>", headers={"Accept": "text/html"}),
        Door("HEAD", "/"),
        Door("HEAD", "/openapi.json"),
        Door("GET", f"{api}/file={{path_or_url:path}}", f"{api}/file=<file>", note="the document's file"),
        Door("GET", f"{api}/file={{path_or_url:path}}", f"{api}/file=<home>/library.sqlite"),
        Door("GET", f"{api}/file={{path_or_url:path}}", f"{api}/file=<upload>", note="another's upload"),
        Door("HEAD", f"{api}/file={{path_or_url:path}}", f"{api}/file=<file>"),
        Door("GET", f"{api}/file/{{path:path}}", f"{api}/file/<file>"),
        Door("GET", f"{api}/proxy={{url_path:path}}", f"{api}/proxy=https://example.hf.space/x"),
        Door("HEAD", f"{api}/proxy={{url_path:path}}", f"{api}/proxy=https://example.hf.space/x"),
        Door("GET", f"{api}/heartbeat/{{session_hash}}", f"{api}/heartbeat/<session>", endless=True),
        Door("GET", f"{api}/queue/data", f"{api}/queue/data?session_hash=nobodys", endless=True),
        Door("GET", f"{api}/upload_progress", f"{api}/upload_progress?upload_id=x", endless=True),
        Door("GET", f"{api}/custom_component/{{id}}/{{environment}}/{{type}}/{{file_name}}", component),
        Door("GET", f"{stream}/playlist.m3u8", f"{api}/stream/<session>/1/1/playlist.m3u8"),
        Door("GET", f"{stream}/playlist-file", f"{api}/stream/<session>/1/1/playlist-file"),
        Door("GET", f"{stream}/{{segment_id}}.{{ext}}", f"{api}/stream/<session>/1/1/x.ts"),
        Door("POST", f"{api}/upload", headers={"Content-Type": "multipart/form-data; boundary=x"}),
        Door("POST", f"{api}/run/{{api_name}}", f"{api}/run/predict", body=called),
        Door("POST", f"{api}/component_server", body=listing),
        Door("GET", "/pwa_icon/{size}", "/pwa_icon/192"),
        Door("GET", "/monitoring/{key}", "/monitoring/guessed"),
    ]
    for path in ("static", "assets", "svelte"):
        found += [Door("GET", f"/{path}/{{path:path}}", f"/{path}/{up}<file>")]
    found += [Door("GET", path) for path in _PLAIN.split()]
    found.append(Door("GET", f"{api}/dev/reload", endless=True))
    for path in _POSTED.split():
        filled = path.replace("{api_name}", "follow").replace("{event_id}", "1")
        found.append(Door("POST", path, filled, body={"session_hash": "<session>", "data": []}))
    for path in (f"{api}/call/{{api_name}}/{{event_id}}", f"{api}/call/v2/{{api_name}}/{{event_id}}"):
        filled = path.replace("{api_name}", "follow").replace("{event_id}", "1")
        found.append(Door("GET", path, filled, endless=True))
    return found


_PLAIN = """/config /openapi.json /logout /favicon.ico /theme.css /robots.txt /pwa_icon /manifest.json /monitoring
/monitoring/summary /gradio_api/deep_link /gradio_api/user /gradio_api/login_check /gradio_api/token /gradio_api/app_id
/gradio_api/runs /gradio_api/info /gradio_api/openapi.json /gradio_api/queue/status
/gradio_api/startup-events /gradio_api/theme.css /gradio_api/vibe-code"""
_POSTED = """/login /gradio_api/stream/{event_id} /gradio_api/stream/{event_id}/close /gradio_api/reset
/gradio_api/api/{api_name} /gradio_api/call/v2/{api_name} /gradio_api/call/{api_name} /gradio_api/queue/join
/gradio_api/cancel /gradio_api/process_recording /gradio_api/vibe-edit /gradio_api/undo-vibe-edit /gradio_api/vibe-code
/gradio_api/vibe-starter-queries"""
