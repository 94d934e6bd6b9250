/// How codes are written down.
enum CodeFormat: String, CaseIterable {
    /// D integers a line, a space between them.
    case codes
    /// `{"codes": […]}` a line, with `id` where there is one.
    case jsonl
    /// One NumPy array, Int32 `[N, D]`.
    case npy
}
