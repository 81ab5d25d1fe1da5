"""Uses a running lm serve through OpenAI's Python client, and checks what it says.

make openai does this:

    pip install openai
    lm serve -listen 127.0.0.1:8080 &
    python openai_client.py http://127.0.0.1:8080 [KEY]
"""

import sys

import openai


def main(url, key="none"):
    client = openai.OpenAI(base_url=url + "/v1", api_key=key, max_retries=0)
    model = client.models.list().data[0].id
    ask = dict(model=model, prompt="the ", max_tokens=40, temperature=0.8, seed=7)

    whole = client.completions.create(**ask)
    choice = whole.choices[0]
    assert choice.finish_reason == "length" and whole.usage.completion_tokens == 40, whole

    pieces = list(client.completions.create(**ask, stream=True, stream_options={"include_usage": True}))
    text = "".join(c.text for p in pieces for c in p.choices)
    assert text == choice.text and len(pieces) > 20, (text, choice.text)
    assert pieces[-1].usage == whole.usage, pieces[-1]

    # The state is an extension: it comes in model_extra, and goes back in extra_body.
    first = client.completions.create(**ask | {"max_tokens": 15}, extra_body={"state": True})
    state = first.choices[0].model_extra["state"]
    rest = client.completions.create(model=model, prompt="", max_tokens=25, temperature=0.8, extra_body={"state": state})
    assert first.choices[0].text + rest.choices[0].text == choice.text, (first, rest)

    several = client.completions.create(**ask | {"prompt": ["a", "b"]}, n=2, logprobs=3, echo=True)
    assert len(several.choices) == 4 and several.choices[2].text.startswith("b"), several
    assert len(several.choices[0].logprobs.top_logprobs) == 41, several

    for wrong, param in ((dict(suffix="x"), "suffix"), (dict(temperature=9), "temperature")):
        try:
            client.completions.create(**ask | wrong)
        except openai.BadRequestError as e:
            assert e.param == param, e
        else:
            raise AssertionError(f"{wrong} is accepted")
    print(f"openai {openai.__version__} and {model} agree; {choice.text!r}")


if __name__ == "__main__":
    main(*sys.argv[1:])
