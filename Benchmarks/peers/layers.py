"""The encoders and decoders of a text model in plain PyTorch, with the parameter names of our files.

Sentences lie in padded batches `[B, T, …]`, longest first; `lengths` is None when all are equal. Encoders return states
and a mask of the real tokens (None when all are); decoders the states that predict a token, `[N, H]`, as
`pack_padded_sequence` orders them.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

RECURRENT = {"gru": nn.GRU, "lstm": nn.LSTM}


def pack(x, lengths):
    return x if lengths is None else pack_padded_sequence(x, lengths, batch_first=True)


def mask_of(lengths, longest):
    return None if lengths is None else torch.arange(longest)[None] < lengths[:, None]


def tokens_of(x, lengths):
    """The real tokens of `[B, T, …]` as rows."""
    return x.flatten(0, 1) if lengths is None else pack(x, lengths).data


def part(**children):
    """Modules under names, without a forward of their own."""
    module = nn.Module()
    for name, child in children.items():
        module.add_module(name, child)
    return module


class Numbered(nn.Module):
    """A stack whose layers are named 0, 1, 2 …."""

    def add_layers(self, layers):
        self.depth = len(layers)
        for index, layer in enumerate(layers):
            self.add_module(str(index), layer)

    @property
    def layers(self):
        return [getattr(self, str(index)) for index in range(self.depth)]


# ---- recurrent ------------------------------------------------------------------------------------


class RecurrentEncoder(nn.Module):
    def __init__(self, kind, embedding, c):
        super().__init__()
        self.kind = kind
        self.width = c["hidden_size"] * (2 if c["bidirectional"] else 1)
        self.add_module(kind, RECURRENT[kind](
            embedding, c["hidden_size"], c["layer_count"], bidirectional=c["bidirectional"],
            batch_first=True))

    def forward(self, embedding, ids, lengths):
        states = getattr(self, self.kind)(pack(embedding(ids), lengths))[0]
        if isinstance(states, PackedSequence):
            states = pad_packed_sequence(states, batch_first=True)[0]
        return states, mask_of(lengths, ids.shape[1])


class RecurrentDecoder(Numbered):
    """Reads the condition at every step: its weights stand beside the input's. May attend to the codes at its end."""

    def __init__(self, kind, embedding, sizes, c):
        super().__init__()
        self.kind, self.width = kind, c["hidden_size"]
        condition = sizes["condition"]
        layers = []
        for index in range(c["layer_count"]):
            inputs = (embedding if index == 0 else self.width) + condition
            layer = part(initial=nn.Linear(condition, self.width))
            layer.add_module(kind, RECURRENT[kind](inputs, self.width, batch_first=True))
            if kind == "lstm":
                layer.initial_cell = nn.Linear(condition, self.width)
            layers.append(layer)
        self.add_layers(layers)
        size = c.get("attention_size", 0)
        if size:
            self.attention = CodeAttention(self.width, sizes, size, c["head_count"])
            self.attention.join = nn.Linear(size, self.width)

    def forward(self, embedding, ids, lengths, condition, codes, log_length=None):
        x = embedding(ids)
        spread = condition[:, None].expand(-1, ids.shape[1], -1)
        for layer in self.layers:
            first = torch.tanh(layer.initial(condition))[None]
            if self.kind == "lstm":
                first = (first, layer.initial_cell(condition)[None])
            packed = pack(torch.cat([x, spread], -1), lengths)
            x = getattr(layer, self.kind)(packed, first)[0]
            if isinstance(x, PackedSequence):
                x = pad_packed_sequence(x, batch_first=True)[0]
        if hasattr(self, "attention"):
            x = x + self.attention.join(self.attention(x, codes, log_length))
        return tokens_of(x, lengths)


def joined_weights(prefix, kind, names):
    """Pairs of ours and theirs that one PyTorch weight holds side by side: (weights of the input, of the condition)."""
    ending = f".{kind}.weight_ih_l0"
    return [(name, name.removesuffix(ending) + ".condition.weight")
            for name in names if name.startswith(prefix) and name.endswith(ending)]


# ---- attention ------------------------------------------------------------------------------------


def rotated(x):
    """Rotary positions on `[B, heads, T, h]`, halves as pairs (Su et al. 2021)."""
    half = x.shape[-1] // 2
    # The angles in double precision: in single, position times frequency is off by 10⁻⁶ far from the start.
    frequency = 10_000.0 ** (-torch.arange(half, dtype=torch.float64) / half)
    angle = torch.arange(x.shape[-2], dtype=torch.float64)[:, None] * frequency
    cosine, sine = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    a, b = x[..., :half], x[..., half:]
    return torch.cat([a * cosine - b * sine, b * cosine + a * sine], -1)


class SelfAttention(nn.Module):
    def __init__(self, width, heads, causal):
        super().__init__()
        self.heads, self.causal = heads, causal
        self.query_key_value = nn.Linear(width, 3 * width)
        self.output = nn.Linear(width, width)

    def forward(self, x, mask):
        q, k, v = (y.unflatten(-1, (self.heads, -1)).transpose(1, 2)
                   for y in self.query_key_value(x).chunk(3, -1))
        # Real tokens of a causal model never see padding, which comes after them.
        seen = None if mask is None or self.causal else mask[:, None, None]
        y = F.scaled_dot_product_attention(
            rotated(q), rotated(k), v, attn_mask=seen, is_causal=self.causal)
        return self.output(y.transpose(1, 2).flatten(2))


def pace_features(log_length, first, count, parts, width):
    """How far along their sentences `count` steps from the `first` stand, by cosines and sines, `[B, count, width]`."""
    half = width // 2
    frequency = 1.5 * parts ** (torch.arange(half, dtype=torch.float64) / max(1, half - 1))
    step = torch.arange(first, first + count, dtype=torch.float64) + 0.5
    x = step[None] * (-log_length.double().clamp(0, 12)).exp()[:, None]
    angle = x[:, :, None] * frequency
    return (math.sqrt(2) * torch.stack([angle.cos(), angle.sin()], -1)).flatten(2)


class CodeAttention(nn.Module):
    """Tokens read the code embeddings of their sentence, `[B, D, E]`; with codes of length at the sentence's pace."""

    def __init__(self, width, sizes, size, heads):
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, size)
        self.key = nn.Linear(sizes["code"], size, bias=False)
        self.value = nn.Linear(sizes["code"], size, bias=False)
        self.slot = nn.Parameter(torch.randn(sizes["codes"], size))
        self.parts = sizes["codes"] - sizes["lengths"]
        if sizes["lengths"]:
            self.pace = nn.Parameter(torch.randn(size, size // heads))

    def queries(self, x, log_length, first=0):
        """Of steps `[B, T, H]` from the `first`."""
        q = self.query(x)
        if not hasattr(self, "pace"):
            return q
        features = pace_features(log_length, first, x.shape[1], self.parts, self.pace.shape[1])
        return q + F.linear(features.to(q.dtype), self.pace)

    def forward(self, x, codes, log_length=None):
        parts = self.queries(x, log_length), self.key(codes) + self.slot, self.value(codes)
        q, k, v = (y.unflatten(-1, (self.heads, -1)).transpose(1, 2) for y in parts)
        return F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)


class CodePrefix(nn.Module):
    """The code embeddings of a sentence, `[B, D, E]`, as steps before its tokens."""

    def __init__(self, width, sizes):
        super().__init__()
        self.project = nn.Linear(sizes["code"], width, bias=False)
        self.slot = nn.Parameter(torch.randn(sizes["codes"], width))

    def forward(self, codes):
        return self.project(codes) + self.slot


class FeedForward(nn.Module):
    def __init__(self, kind, width, inner):
        super().__init__()
        self.kind = kind
        self.up = nn.Linear(width, 2 * inner if kind == "swiglu" else inner)
        self.down = nn.Linear(inner, width)

    def forward(self, x):
        x = self.up(x)
        if self.kind == "swiglu":
            a, b = x.chunk(2, -1)
            return self.down(F.silu(a) * b)
        return self.down(F.gelu(x))


class TransformerLayer(nn.Module):
    def __init__(self, c, causal, sizes=None):
        super().__init__()
        width = c["hidden_size"]
        self.attention_norm = nn.LayerNorm(width)
        self.attention = SelfAttention(width, c["head_count"], causal)
        if sizes:
            self.code_attention_norm = nn.LayerNorm(width)
            self.code_attention = CodeAttention(width, sizes, width, c["head_count"])
            self.code_attention.output = nn.Linear(width, width)
        self.feed_forward_norm = nn.LayerNorm(width)
        self.feed_forward = FeedForward(c["feed_forward"], width, c["feed_forward_size"])

    def forward(self, x, mask, codes=None, log_length=None):
        x = x + self.attention(self.attention_norm(x), mask)
        if codes is not None:
            found = self.code_attention(self.code_attention_norm(x), codes, log_length)
            x = x + self.code_attention.output(found)
        return x + self.feed_forward(self.feed_forward_norm(x))


class TokenInput(nn.Module):
    """√E·embedding, mapped to the stack's width where they differ."""

    def __init__(self, embedding, width):
        super().__init__()
        self.project = nn.Identity() if embedding == width else nn.Linear(embedding, width)

    def forward(self, embedding, ids):
        return self.project(math.sqrt(embedding.embedding_dim) * embedding(ids))


class TransformerEncoder(Numbered):
    def __init__(self, embedding, c):
        super().__init__()
        self.width = c["hidden_size"]
        self.input = TokenInput(embedding, self.width)
        self.add_layers([TransformerLayer(c, causal=False) for _ in range(c["layer_count"])])

    def forward(self, embedding, ids, lengths):
        x, mask = self.input(embedding, ids), mask_of(lengths, ids.shape[1])
        for layer in self.layers:
            x = layer(x, mask)
        return x, mask


class TransformerDecoder(Numbered):
    def __init__(self, embedding, sizes, c):
        super().__init__()
        self.width = c["hidden_size"]
        self.input = TokenInput(embedding, self.width)
        self.steps = sizes["codes"] if c["codes_as"] == "prefix" else 0
        if self.steps:
            self.prefix = CodePrefix(self.width, sizes)
        read = None if self.steps else sizes
        self.add_layers([TransformerLayer(c, True, read) for _ in range(c["layer_count"])])
        self.norm = nn.LayerNorm(self.width)

    def forward(self, embedding, ids, lengths, condition, codes, log_length=None):
        x = self.input(embedding, ids)
        if self.steps:
            x, codes = torch.cat([self.prefix(codes), x], 1), None
        for layer in self.layers:
            x = layer(x, None, codes, log_length)
        return tokens_of(self.norm(x[:, self.steps:]), lengths)


# ---- the others -----------------------------------------------------------------------------------


class BagEncoder(nn.Module):
    def __init__(self, embedding, c):
        super().__init__()
        self.width = c["hidden_size"]
        self.layer = nn.Linear(embedding, self.width)

    def forward(self, embedding, ids, lengths):
        return F.gelu(self.layer(embedding(ids))), mask_of(lengths, ids.shape[1])


class ConvolutionBlock(nn.Module):
    def __init__(self, width, inner, condition, taps, dilation):
        super().__init__()
        self.past = (taps - 1) * dilation
        self.norm = nn.LayerNorm(width)
        self.reduce = nn.Linear(width, inner)
        self.condition = nn.Linear(condition, inner, bias=False)
        self.convolution = nn.Conv1d(inner, inner, taps, dilation=dilation)
        self.expand = nn.Linear(inner, width)

    def forward(self, x, condition):
        u = F.gelu(self.reduce(self.norm(x)) + self.condition(condition)[:, None])
        v = F.gelu(self.convolution(F.pad(u.transpose(1, 2), (self.past, 0))))
        return x + self.expand(v.transpose(1, 2))


class ConvolutionDecoder(Numbered):
    def __init__(self, embedding, sizes, c):
        super().__init__()
        self.width = c["hidden_size"]
        self.input = TokenInput(embedding, self.width)
        self.add_layers([
            ConvolutionBlock(
                self.width, c["inner_size"], sizes["condition"], c["kernel_size"], 2 ** index)
            for index in range(c["layer_count"])])
        self.norm = nn.LayerNorm(self.width)

    def forward(self, embedding, ids, lengths, condition, codes, log_length=None):
        x = self.input(embedding, ids)
        for block in self.layers:
            x = block(x, condition)
        return tokens_of(self.norm(x), lengths)


class TokenOutput(nn.Module):
    """States → logits; tied to the embedding when told."""

    def __init__(self, width, embedding, vocabulary, tied):
        super().__init__()
        self.tied = tied
        if tied:
            self.project = nn.Linear(width, embedding)
        else:
            self.weight = nn.Parameter(torch.randn(vocabulary, width) / math.sqrt(width))
        self.bias = nn.Parameter(torch.zeros(vocabulary))

    def forward(self, states, embedding):
        if self.tied:
            return F.linear(self.project(states), embedding.weight, self.bias)
        return F.linear(states, self.weight, self.bias)


def make_encoder(embedding, c):
    kind = c["type"]
    if kind in RECURRENT:
        return RecurrentEncoder(kind, embedding, c)
    return {"transformer": TransformerEncoder, "bag": BagEncoder}[kind](embedding, c)


def make_decoder(embedding, sizes, c):
    kind = c["type"]
    if kind in RECURRENT:
        return RecurrentDecoder(kind, embedding, sizes, c)
    return {"transformer": TransformerDecoder, "convolution": ConvolutionDecoder}[kind](
        embedding, sizes, c)
