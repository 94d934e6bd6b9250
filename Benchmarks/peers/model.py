"""A text model in plain PyTorch, from our configuration and with our parameter names."""

import json
import math

import torch
from torch import nn
from torch.nn import functional as F

import layers


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

    def __init__(self, queries, width, window_width):
        super().__init__()
        if window_width:
            self.window = nn.Module()
            self.window.centre = nn.Parameter((torch.arange(queries) + 0.5) / queries)
            self.window.log_width = nn.Parameter(
                torch.full((queries,), math.log(window_width / queries)))
        self.query = nn.Parameter(torch.randn(queries, width))
        self.input_norm = nn.LayerNorm(width)
        self.output_norm = nn.LayerNorm(width)

    def forward(self, states, mask):
        states = self.input_norm(states)
        scores = states @ self.query.T / math.sqrt(states.shape[-1])
        if hasattr(self, "window"):
            scores = scores + self.window_scores(states, mask)
        if mask is not None:
            scores = scores.masked_fill(~mask[:, :, None], -math.inf)
        return self.output_norm(scores.softmax(1).transpose(1, 2) @ states)

    def window_scores(self, states, mask):
        """−½ ((x − centre)/width)², token t of T at x = (t + ½)/T."""
        time = torch.arange(states.shape[1], dtype=states.dtype)[None] + 0.5
        x = time / (states.shape[1] if mask is None else mask.sum(1, keepdim=True))
        return -0.5 * ((x[:, :, None] - self.window.centre) / self.window.log_width.exp()) ** 2


class Latent(nn.Module):
    """Posterior heads, and the vectors of the codes; the first `told` latents hold the digits of a share of 0 … 1."""

    def __init__(self, latents, categories, features, embedding, told):
        super().__init__()
        self.told, self.categories = told, categories
        self.posterior = nn.Module()
        bound = 1 / math.sqrt(features)
        self.posterior.weight = nn.Parameter(
            torch.empty(latents, features, categories).uniform_(-bound, bound))
        self.posterior.bias = nn.Parameter(torch.zeros(latents, categories))
        self.codebook = nn.Parameter(torch.randn(latents, categories, embedding))

    def logits(self, features, share):
        """Of features of the latents that are not told, `[B, D − told, F]`, and shares `[B]`."""
        told, weight = self.told, self.posterior.weight
        read = (torch.einsum("bdf,dfk->bdk", features, weight[told:])
                + self.posterior.bias[told:])
        return torch.cat([self.told_logits(share).to(read.dtype), read], 1) if told else read

    def told_logits(self, share):
        """0 at each digit and −30 elsewhere, `[B, told, K]`."""
        rest, rows = share.double(), []
        for _ in range(self.told):
            rest = rest * self.categories
            digit = rest.floor().clamp(max=self.categories - 1)
            rest = rest - digit
            rows.append(F.one_hot(digit.long(), self.categories))
        return 30.0 * (torch.stack(rows, 1) - 1)

    def embed(self, codes):
        """One-hot codes → `[B, D, E]`; the first number of a told one is its part of the share."""
        embedded = torch.einsum("bdk,dke->bde", codes, self.codebook)
        digits = codes.detach()[:, :self.told] @ torch.arange(
            self.categories, dtype=codes.dtype)
        return self.marked(embedded, digits)

    def look_up(self, codes):
        """Codes `[B, D]` → `[B, D, E]`, as `embed` has them."""
        embedded = self.codebook[torch.arange(codes.shape[1]), codes]
        return self.marked(embedded, codes[:, :self.told].to(embedded.dtype))

    def marked(self, embedded, digits):
        """Embeddings with the parts of the share that digits `[B, told]` tell."""
        if not self.told:
            return embedded
        weights = self.categories ** -(1.0 + torch.arange(self.told, dtype=embedded.dtype))
        first = torch.cat([(digits * weights)[:, :, None], embedded[:, :self.told, 1:]], -1)
        return torch.cat([first, embedded[:, self.told:]], 1)

    def share(self, embedded):
        """What embeddings tell, `[B]`."""
        return embedded[:, :self.told, 0].sum(1) + 0.5 * float(self.categories) ** -self.told


class Model(nn.Module):
    """A discrete autoencoder of token sequences."""

    def __init__(self, description):
        """`description` is what `step-benchmark describe` prints."""
        super().__init__()
        description = json.loads(description)
        vocabulary, c = description["vocabulary_size"], description["model"]
        latents, embedding = c["latent_count"], c["embedding_size"]
        self.config = c
        self.embedding = nn.Embedding(vocabulary, embedding)
        self.encoder = layers.make_encoder(embedding, c["encoder"])
        pooling = c.get("pooling", {})
        self.reads_tokens = pooling.get("reads_tokens", False)
        width = self.encoder.width + (embedding if self.reads_tokens else 0)
        told = min(c.get("length_latent_count", 0), latents // 8)
        self.pooling = Pooling(latents - told, width, pooling.get("window_width", 0))
        self.latent = Latent(
            latents, c["category_count"], width, c["code_embedding_size"], told)
        if told:
            self.length = nn.Module()
            self.length.register_buffer("moments", torch.zeros(2))
        self.condition = nn.Linear(latents * c["code_embedding_size"], c["condition_size"])
        sizes = {"condition": c["condition_size"], "codes": latents,
                 "code": c["code_embedding_size"], "lengths": told}
        self.decoder = layers.make_decoder(embedding, sizes, c["decoder"])
        self.decoder.output = layers.TokenOutput(
            self.decoder.width, embedding, vocabulary, c["decoder"]["tied_softmax"])

    def posterior(self, states, mask, steps):
        """Logits `[B, D, K]` from states and the number of steps `[B]`."""
        share = None
        if self.latent.told:
            mean, scale = self.length.moments.double()
            share = torch.sigmoid((steps.double().log() - mean) / scale)
        return self.latent.logits(self.pooling(states, mask), share)

    def log_length(self, embedded):
        """ln of the steps that embeddings tell, `[B]`; None where they do not."""
        if not self.latent.told:
            return None
        mean, scale = self.length.moments.double()
        return mean + scale * torch.logit(self.latent.share(embedded.detach().double()), 1e-6)

    def loss(self, inputs, targets, lengths, noise, kl_weight, free_bits):
        """The negative bound, nats per sentence; `lengths` None when all are equal."""
        states, mask = self.encoder(self.embedding, targets, lengths)
        if self.reads_tokens:
            tokens = math.sqrt(self.embedding.embedding_dim) * self.embedding(targets)
            states = torch.cat([states, tokens], -1)
        steps = torch.full(targets.shape[:1], targets.shape[1]) if lengths is None else lengths
        logits = self.posterior(states, mask, steps)
        codes = self.latent.embed(reinmax(logits, noise))
        h = self.decoder(
            self.embedding, inputs, lengths, self.condition(codes.flatten(1)), codes,
            self.log_length(codes))
        reconstruction = F.cross_entropy(
            self.decoder.output(h, self.embedding), layers.tokens_of(targets, lengths),
            reduction="sum") / targets.shape[0]
        log_q = logits.log_softmax(-1)
        kl = (log_q.exp() * log_q).sum(-1) + math.log(logits.shape[-1])
        return reconstruction + kl_weight * kl.mean(0).clamp(min=free_bits).sum()

    def load(self, tensors):
        """Takes the parameters of a file that `step-benchmark export` wrote."""
        values = {k.removeprefix("value."): v
                  for k, v in tensors.items() if k.startswith("value.")}
        for own, condition in self.joined():
            values[own] = torch.cat([values[own], values.pop(condition)], 1)
        self.load_state_dict(values)

    def gradients(self):
        """The gradients under the names and shapes of our file; parameters that took no part have none."""
        gradients = {name: parameter.grad for name, parameter in self.named_parameters()
                     if parameter.grad is not None}
        for own, condition in self.joined():
            size = self.config["condition_size"]
            both = gradients[own]
            gradients[own], gradients[condition] = both.split([both.shape[1] - size, size], 1)
        return gradients

    def joined(self):
        """Where the decoder's weights for input and condition are one."""
        kind = self.config["decoder"]["type"]
        names = [name for name, _ in self.named_parameters()]
        return layers.joined_weights("decoder.", kind, names)
