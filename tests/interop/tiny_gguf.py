"""Write a llama model of two random layers as GGUF: its answers are noise, its protocol is llama.cpp's own.

Run by the Python that has llama-cpp-python: ``python tiny_gguf.py model.gguf`` (needs the package gguf).
"""

import sys

import gguf
import numpy as np

WIDTH, LAYERS, HEADS, INNER, WINDOW = 64, 2, 4, 128, 8192


def vocabulary() -> tuple[list[str], list[float], list[int]]:
    """Control tokens, all bytes, and printable ASCII with and without a space before it."""
    special = [("<unk>", 2), ("<s>", 3), ("</s>", 3)]
    letters = [chr(code) for code in range(33, 127)]
    plain = [("▁", 1), *((text, 1) for text in letters), *((f"▁{text}", 1) for text in letters)]
    tokens = [*special, *((f"<0x{byte:02X}>", 6) for byte in range(256)), *plain]
    return [text for text, _ in tokens], [-float(i) for i in range(len(tokens))], [kind for _, kind in tokens]


def write(path: str) -> None:
    chance = np.random.default_rng(0)
    tokens, scores, kinds = vocabulary()
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_context_length(WINDOW)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores(scores)
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)

    def tensor(name: str, *shape: int) -> None:
        writer.add_tensor(name, (chance.standard_normal(shape) * 0.05).astype(np.float32))

    tensor("token_embd.weight", len(tokens), WIDTH)
    tensor("output.weight", len(tokens), WIDTH)
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    for layer in range(LAYERS):
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            tensor(f"blk.{layer}.{name}.weight", WIDTH, WIDTH)
        tensor(f"blk.{layer}.ffn_gate.weight", INNER, WIDTH)
        tensor(f"blk.{layer}.ffn_up.weight", INNER, WIDTH)
        tensor(f"blk.{layer}.ffn_down.weight", WIDTH, INNER)
        for name in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"blk.{layer}.{name}.weight", np.ones(WIDTH, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    write(sys.argv[1])
