from flask import Flask, jsonify, request

app = Flask(__name__)


@app.post("/score")
def score():
    """Scores each row of X. The model is the identity function."""
    return jsonify({"score": request.get_json()["X"]})


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=5000)
