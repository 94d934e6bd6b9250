"""Using a trained model in PyTorch: codes of sentences, and sentences of codes.

The model is our model directory, read with the plain safetensors package. Encoding takes sentences of equal length
together, so that nothing is padded and no mask is needed. Decoding keeps the state of recurrent layers and the keys and
values of a Transformer, multiplies what does not change once a sentence, and drops finished rows: the work that ours
does.
"""

import json
import math
import pathlib

import torch
from safetensors import safe_open
from torch.nn import functional as F

import layers
import model as peer


class Codec:
    """A model in use; `compiled` for torch.compile, `dtype` for the numbers of sampling."""

    def __init__(self, directory, compiled=False, dtype=torch.float32):
        path = pathlib.Path(directory)
        description = json.loads((path / "config.json").read_text())["model"]
        with safe_open(path / "model.safetensors", framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}
        vocabulary = tensors["embedding.weight"].shape[0]
        self.longest = description["maximum_length"]
        self.latents, self.categories = description["latent_count"], description["category_count"]
        self.model = peer.Model(
            json.dumps({"vocabulary_size": vocabulary, "model": description})).eval()
        self.model.load({f"value.{k}": v for k, v in tensors.items()})
        self.model.to(dtype)
        kind = description["decoder"]["type"]
        self.decoder = {"gru": GRUStepper, "transformer": TransformerStepper}[kind](self.model)
        compile = (lambda f: torch.compile(f, dynamic=True)) if compiled else (lambda f: f)
        self.logits_of = compile(self.logits)
        self.advance = compile(self.decoder.step)

        self.bos, self.eos = 0, 1  # as every tokenizer of ours has them


    def logits(self, ids):
        """Posterior logits of sentences of one length, end marks included, `[B, T]`."""
        return posterior(self.model, ids)

    @torch.inference_mode()
    def encode(self, ids):
        """Codes `[B, D]`."""
        return self.logits_of(ids).argmax(-1)

    @torch.inference_mode()
    def sample(self, codes, greedy=False):
        """Token lists for codes `[B, D]`, drawn at temperature 1 or the likeliest."""
        rows = codes.shape[0]
        tokens = [[] for _ in range(rows)]
        alive = torch.arange(rows)
        embedded = self.model.latent.look_up(codes)
        state = self.decoder.start(embedded)
        last = torch.full((rows,), self.bos)
        for position in range(self.longest):
            logits, state = self.advance(last, state, position)
            logits[:, self.bos] = -math.inf
            drawn = (logits.argmax(-1) if greedy
                     else torch.multinomial(logits.float().softmax(-1), 1).squeeze(1))
            going = drawn != self.eos
            if not bool(going.all()):
                keep = going.nonzero().squeeze(1)
                if keep.numel() == 0:
                    break
                alive, drawn = alive[keep], drawn[keep]
                state = self.decoder.select(state, keep)
            for row, token in zip(alive.tolist(), drawn.tolist()):
                tokens[row].append(token)
            last = drawn
        return tokens


def posterior(model, ids):
    """Posterior logits `[B, D, K]` of sentences of one length."""
    states, _ = model.encoder(model.embedding, ids, None)
    if model.reads_tokens:
        tokens = math.sqrt(model.embedding.embedding_dim) * model.embedding(ids)
        states = torch.cat([states, tokens], -1)
    return model.posterior(states, None, torch.full((ids.shape[0],), ids.shape[1]))


def heads(x, count):
    """`[B, n·h]` → `[B, n, 1, h]`."""
    return x.unflatten(-1, (count, -1)).unsqueeze(2)


def memory(attention, codes):
    """Keys and values of code embeddings, `[B, heads, D, h]`."""
    return [y.unflatten(-1, (attention.heads, -1)).transpose(1, 2).contiguous()
            for y in (attention.key(codes) + attention.slot, attention.value(codes))]


def attend(attention, x, keys, values, log_length, position):
    q = attention.queries(x[:, None], log_length, position).squeeze(1)
    return F.scaled_dot_product_attention(
        heads(q, attention.heads), keys, values).flatten(1)


def kept(state, keep):
    return [x if x is None else x[keep] for x in state]


class GRUStepper:
    """One layer or more; the condition's products are made once."""

    def __init__(self, model):
        self.model, self.layers = model, []
        size = model.config["condition_size"]
        for layer in model.decoder.layers:
            gru = layer.gru
            whole = gru.weight_ih_l0.detach()
            own = whole.shape[1] - size
            self.layers.append((layer, whole[:, :own].contiguous(), whole[:, own:].contiguous()))

    def start(self, codes):
        decoder = self.model.decoder
        c = self.model.condition(codes.flatten(1))
        state = [torch.tanh(layer.initial(c)) for layer, _, _ in self.layers]
        state += [F.linear(c, condition, layer.gru.bias_ih_l0)
                  for layer, _, condition in self.layers]
        if hasattr(decoder, "attention"):
            state.append(self.model.log_length(codes))
            state += memory(decoder.attention, codes)
        return state

    def step(self, tokens, state, position):
        model, count = self.model, len(self.layers)
        x, new = model.embedding(tokens), []
        for (layer, weight, _), h, c in zip(self.layers, state, state[count:]):
            i_r, i_z, i_n = (F.linear(x, weight) + c).chunk(3, -1)
            h_r, h_z, h_n = F.linear(
                h, layer.gru.weight_hh_l0, layer.gru.bias_hh_l0).chunk(3, -1)
            z = torch.sigmoid(i_z + h_z)
            n = torch.tanh(i_n + torch.sigmoid(i_r + h_r) * h_n)
            x = torch.lerp(n, h, z)
            new.append(x)
        decoder = model.decoder
        if hasattr(decoder, "attention"):
            x = x + decoder.attention.join(
                attend(decoder.attention, x, *state[-2:], state[-3], position))
        return decoder.output(x, model.embedding), new + state[count:]

    def select(self, state, keep):
        return kept(state, keep)


class TransformerStepper:
    """Keys and values of earlier tokens stay in tensors that grow by doubling."""

    def __init__(self, model):
        self.model = model

    def start(self, codes):
        decoder = self.model.decoder
        if decoder.steps:
            raise SystemExit("decoder.codes_as: got prefix, want cross_attention")
        rows, width = codes.shape[0], decoder.width
        count = decoder.layers[0].attention.heads
        state = []
        for layer in decoder.layers:
            state += [torch.empty(rows, count, 16, width // count, dtype=codes.dtype)
                      for _ in range(2)]
            state += memory(layer.code_attention, codes)
        return state + [self.model.log_length(codes)]

    def step(self, tokens, state, position):
        decoder = self.model.decoder
        if position == state[0].shape[2]:
            state = [F.pad(x, (0, 0, 0, x.shape[2])) if index % 4 < 2 else x
                     for index, x in enumerate(state[:-1])] + state[-1:]
        x = decoder.input(self.model.embedding, tokens)
        for index, layer in enumerate(decoder.layers):
            keys, values, code_keys, code_values = state[4 * index:4 * index + 4]
            own = layer.attention
            q, k, v = (heads(y, own.heads) for y in
                       own.query_key_value(layer.attention_norm(x)).chunk(3, -1))
            keys[:, :, position:position + 1] = rotated_at(k, position)
            values[:, :, position:position + 1] = v
            found = F.scaled_dot_product_attention(
                rotated_at(q, position), keys[:, :, :position + 1], values[:, :, :position + 1])
            x = x + own.output(found.flatten(1))
            cross = layer.code_attention
            x = x + cross.output(
                attend(cross, layer.code_attention_norm(x), code_keys, code_values, state[-1],
                       position))
            x = x + layer.feed_forward(layer.feed_forward_norm(x))
        return decoder.output(decoder.norm(x), self.model.embedding), state

    def select(self, state, keep):
        return kept(state, keep)


ANGLES = {}


def rotated_at(x, position):
    """Rotary positions on one token, `[B, heads, 1, h]`."""
    half = x.shape[-1] // 2
    if (half, position, x.dtype) not in ANGLES:
        frequency = 10_000.0 ** (-torch.arange(half, dtype=torch.float64) / half)
        angle = position * frequency
        ANGLES[half, position, x.dtype] = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    cosine, sine = ANGLES[half, position, x.dtype]
    a, b = x[..., :half], x[..., half:]
    return torch.cat([a * cosine - b * sine, b * cosine + a * sine], -1)


def batches(sentences, size):
    """Sentences of one length at a time, at most `size`: (places, ids `[B, T]`)."""
    by_length = {}
    for place, ids in enumerate(sentences):
        by_length.setdefault(len(ids), []).append(place)
    for length in sorted(by_length):
        places = by_length[length]
        for start in range(0, len(places), size):
            part = places[start:start + size]
            yield part, torch.tensor([sentences[place] for place in part])
