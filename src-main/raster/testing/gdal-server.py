# Answers requests for GDAL, one line of JSON each, with imports done once: `gdal.ts` starts it and says why.
# Arguments: the FIFO of requests, the FIFO of answers. Each request is answered by a fork, so that nothing it sets or breaks reaches the next.
import contextlib
import gc
import io
import json
import os
import sys
import traceback

import numpy  # noqa: F401 (for the scripts)
from osgeo import gdal, ogr, osr  # noqa: F401 (for the scripts)
from osgeo_utils.samples import validate_cloud_optimized_geotiff as validator


def tool(name, args):
    # As in the programs, what GDAL only complains about is no failure.
    gdal.DontUseExceptions()
    if name == "gdalinfo":
        answer = gdal.Info(args[-1], options=args[:-1], deserialize=False)
        if answer is None:
            raise RuntimeError(gdal.GetLastErrorMsg())
        return answer if isinstance(answer, str) else json.dumps(answer)
    make = {"gdal_translate": gdal.Translate, "gdalwarp": gdal.Warp}[name]
    *options, source, target = args
    made = make(target, source, options=options)
    if made is None:
        raise RuntimeError(gdal.GetLastErrorMsg() or f"{name} made nothing")
    made = None
    return ""


def script(text, args):
    sys.argv = ["-c", *args]
    out = io.StringIO()
    names = {"__name__": "__main__"}
    with contextlib.redirect_stdout(out):
        exec(compile(text, "<script>", "exec"), names)
    names.clear()
    gc.collect()
    return out.getvalue()


def complaints(path):
    warnings, errors, _ = validator.validate(path, full_check=True)
    return "\n".join([*warnings, *errors])


work = {"tool": tool, "script": script, "complaints": complaints}
with open(sys.argv[1]) as requests, open(sys.argv[2], "w") as answers:
    for line in requests:
        pid = os.fork()
        if pid == 0:
            # What GDAL merely says is not the tests' output; what ends a request is in its answer.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            kind, *rest = json.loads(line)
            try:
                answer = {"answer": work[kind](*rest)}
            except BaseException:
                answer = {"error": traceback.format_exc()}
            answers.write(json.dumps(answer) + "\n")
            answers.flush()
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        if status != 0:
            answers.write(json.dumps({"error": f"ended with status {status}"}) + "\n")
            answers.flush()
