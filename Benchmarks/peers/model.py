"""The model of `step-benchmark` in plain PyTorch, with the same parameter names."""

import math

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

CONDITION = "decoder.0.condition.weight"
DECODER_INPUT = "decoder.0.gru.weight_ih_l0"

SIZES = {
    "words": dict(vocabulary=10_000, embedding=256, width=512, tokens=24),
    "characters": dict(vocabulary=128, embedding=64, width=256, tokens=64),
}


def reinmax(logits, noise, temperature=1.0):
    """Algorithm 2 of Liu et al. 2023 (arXiv 2304.08612): autograd finds the rule from a surrogate."""
    drawn = F.one_hot((logits + noise).argmax(-1), logits.shape[-1]).to(logits.dtype)
    p0 = logits.softmax(-1)
    p1 = ((drawn + (logits / temperature).softmax(-1)) / 2).log()
    p1 = ((p1 - logits).detach() + logits).softmax(-1)
    surrogate = 2 * p1 - p0 / 2
    return surrogate - surrogate.detach() + drawn


class Pooling(nn.Module):
    """Learned queries that attend over the states of a sentence."""

    def __init__(self, queries, width):
        super().__init__()
        self.query = nn.Parameter(torch.randn(queries, width))
        self.input_norm = nn.LayerNorm(width)
        self.output_norm = nn.LayerNorm(width)

    def forward(self, states, mask):
        states = self.input_norm(states)
        scores = states @ self.query.T / math.sqrt(states.shape[-1])
        if mask is not None:
            scores = scores.masked_fill(~mask[:, :, None], -math.inf)
        return self.output_norm(scores.softmax(1).transpose(1, 2) @ states)


class Latent(nn.Module):
    """Posterior heads, and the vectors of the codes."""

    def __init__(self, latents, categories, features, embedding):
        super().__init__()
        self.posterior = nn.Module()
        bound = 1 / math.sqrt(features)
        self.posterior.weight = nn.Parameter(
            torch.empty(latents, features, categories).uniform_(-bound, bound))
        self.posterior.bias = nn.Parameter(torch.zeros(latents, categories))
        self.codebook = nn.Parameter(torch.randn(latents, categories, embedding))

    def logits(self, features):
        return torch.einsum("bdf,dfk->bdk", features, self.posterior.weight) + self.posterior.bias

    def embed(self, codes):
        return torch.einsum("bdk,dke->bde", codes, self.codebook).flatten(1)


class Model(nn.Module):
    """A discrete autoencoder of token sequences."""

    def __init__(self, vocabulary, embedding, width, latents=16, categories=16,
                 code_embedding=64):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embedding)
        self.encoder = nn.ModuleDict(
            {"gru": nn.GRU(embedding, width // 2, bidirectional=True, batch_first=True)})
        self.pooling = Pooling(latents, width)
        self.latent = Latent(latents, categories, width, code_embedding)
        self.condition = nn.Linear(latents * code_embedding, width)
        self.decoder = nn.ModuleDict({
            "0": nn.ModuleDict({
                "gru": nn.GRU(embedding + width, width, batch_first=True),
                "initial": nn.Linear(width, width),
            }),
            "output": nn.Linear(width, vocabulary),
        })

    @classmethod
    def of(cls, config):
        sizes = SIZES[config]
        return cls(sizes["vocabulary"], sizes["embedding"], sizes["width"])

    def encode(self, targets, lengths):
        if lengths is None:
            return self.encoder["gru"](self.embedding(targets))[0], None
        packed = pack_padded_sequence(self.embedding(targets), lengths, batch_first=True)
        states = self.encoder["gru"](packed)[0]
        padded, _ = nn.utils.rnn.pad_packed_sequence(states, batch_first=True)
        return padded, torch.arange(targets.shape[1])[None] < lengths[:, None]

    def decode(self, inputs, lengths, condition):
        """States of the predicted tokens, `[N, H]`: padding takes no part."""
        layer = self.decoder["0"]
        spread = condition[:, None].expand(-1, inputs.shape[1], -1)
        x = torch.cat([self.embedding(inputs), spread], -1)
        first = torch.tanh(layer["initial"](condition))[None]
        if lengths is None:
            return layer["gru"](x, first)[0].flatten(0, 1)
        packed = pack_padded_sequence(x, lengths, batch_first=True)
        return layer["gru"](packed, first)[0].data

    def loss(self, inputs, targets, lengths, noise, kl_weight, free_bits):
        """The negative bound, nats per sentence; `lengths` None when all are equal."""
        states, mask = self.encode(targets, lengths)
        logits = self.latent.logits(self.pooling(states, mask))
        codes = reinmax(logits, noise)
        h = self.decode(inputs, lengths, self.condition(self.latent.embed(codes)))
        wanted = targets.flatten() if lengths is None else pack_padded_sequence(
            targets, lengths, batch_first=True).data
        batch = targets.shape[0]
        reconstruction = F.cross_entropy(
            self.decoder["output"](h), wanted, reduction="sum") / batch
        log_q = logits.log_softmax(-1)
        kl = (log_q.exp() * log_q).sum(-1) + math.log(logits.shape[-1])
        return reconstruction + kl_weight * kl.mean(0).clamp(min=free_bits).sum()


def values_of_file(tensors):
    """Our parameters as this model's state: the condition's weights stand beside the input's."""
    values = {k.removeprefix("value."): v for k, v in tensors.items() if k.startswith("value.")}
    values[DECODER_INPUT] = torch.cat([values[DECODER_INPUT], values.pop(CONDITION)], 1)
    return values


def gradients_by_our_names(model):
    """This model's gradients under the names and shapes of our file."""
    gradients = {name: parameter.grad for name, parameter in model.named_parameters()}
    both = gradients[DECODER_INPUT]
    gradients[DECODER_INPUT], gradients[CONDITION] = both.split(
        [model.embedding.embedding_dim, both.shape[1] - model.embedding.embedding_dim], 1)
    return gradients
