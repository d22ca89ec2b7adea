"""Probabilities that a saved ESMM gives for encoded rows, by Python's standard library: readModel.py MODEL < rows.json"""
import bisect, json, math, struct, sys
model = json.load(open(f"{sys.argv[1]}/model.json"))
data = open(f"{sys.argv[1]}/weights.safetensors", "rb").read()
start = 8 + struct.unpack("<Q", data[:8])[0]
weights = {name: struct.unpack_from(f"<{math.prod(what['shape'])}f", data, start + what["data_offsets"][0])
           for name, what in json.loads(data[8:start]).items() if name != "__metadata__"}
def dense(name, x):
    w, b = weights[f"{name}/w"], weights[f"{name}/b"]
    return [b[j] + sum(v * w[i * len(b) + j] for i, v in enumerate(x)) for j in range(len(b))]
def probability(tower, x):
    for i in range(len(model["hyper"]["mlp"])): x = [max(0, v) for v in dense(f"{tower}/{i}", x)]
    return 1 / (1 + math.exp(-dense(f"{tower}/logit", x)[0] - model["priors"][tower]))
def calibrated(prob, p):
    m = model.get("calibration", {"maps": {}})["maps"].get(prob)
    if m is None: return p
    if m["kind"] == "platt": return 1 / (1 + math.exp(-m["a"] * math.log(p / (1 - p)) - m["b"]))
    i = bisect.bisect_left(m["x"], p)
    if i in (0, len(m["x"])): return m["y"][min(i, len(m["x"]) - 1)]
    (x0, x1), (y0, y1) = m["x"][i - 1:i + 1], m["y"][i - 1:i + 1]
    return y0 + (y1 - y0) * (p - x0) / (x1 - x0)
lookups = [(t, f) for t in model["weights"] if t["kind"] == "table" for f in model["inputs"]
           if f["kind"] != "number" and t.get("of") in (None, "item" if f.get("group") == "item" else "other")]
for row in json.load(sys.stdin):
    at, x = {}, []
    for t, f in lookups:
        table, width, first = weights[t["name"]], t["shape"][1], at.get(t["name"], 0)
        of = row[f["name"]] if f["kind"] == "ids" else [row[f["name"]]]
        ids, by = (of["ids"], of["weights"]) if isinstance(of, dict) else (of, [1] * len(of))
        assert all(0 <= i < f["size"] for i in ids), f"{f['name']} is {of}, but its codes are 0 to {f['size'] - 1}"
        rows = [table[width * (first + i):width * (first + i + 1)] for i in ids]
        x, at[t["name"]] = x + [sum(w * e[k] for w, e in zip(by, rows)) for k in range(width)], first + f["size"]
    x += [row[f["name"]] for f in model["inputs"] if f["kind"] == "number"]
    ctr, cvr = calibrated("click|impression", probability("ctr", x)), calibrated("conversion|click", probability("cvr", x))
    print(json.dumps({"click|impression": ctr, "conversion|click": cvr, "conversion|impression": ctr * cvr}))
