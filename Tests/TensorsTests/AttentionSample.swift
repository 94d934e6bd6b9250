import CKernels

/// Attention over a packed batch of fixed numbers, through the kernel and through its twin.
struct AttentionSample {
    var length: [Int32]
    var heads = 2
    var headWidth = 6
    /// Rows of memory a sentence.
    var memory = 0
    /// Whether tokens see tokens.
    var hasTokens = true
    var isCausal = false
    var isRotated = false
    /// Numbers of [tokens, 3·width], and of [sentences·memory, 2·width].
    var x: [Float] = []
    var m: [Float] = []

    init(
        _ length: [Int32], heads: Int = 2, headWidth: Int = 6, memory: Int = 0,
        hasTokens: Bool = true, isCausal: Bool = false, isRotated: Bool = false, scale: Float = 2
    ) {
        self.length = length
        self.heads = heads
        self.headWidth = headWidth
        self.memory = memory
        self.hasTokens = hasTokens
        self.isCausal = isCausal
        self.isRotated = isRotated
        x = values(tokens * 3 * width, seed: 1, scale: scale)
        m = values(length.count * memory * 2 * width, seed: 2, scale: scale)
    }

    var width: Int { heads * headWidth }
    var tokens: Int { length.reduce(0) { $0 + Int($1) } }

    var offset: [Int32] {
        var next: Int32 = 0
        return (0..<(length.first ?? 0)).map { t in
            defer { next += Int32(length.filter { $0 > t }.count) }
            return next
        }
    }

    /// cos and sin of position·3^(−i), [positions, headWidth/2].
    func angles() -> (cosines: [Float], sines: [Float]) {
        let positions = memory + Int(length.first ?? 0)
        let turns = (0..<positions).flatMap { p in
            (0..<headWidth / 2).map { i in
                (0..<i).reduce(Float(p)) { turn, _ in turn / 3 }
            }
        }
        return (turns.map(cosine), turns.map { cosine($0 - 1.570_796_3) })
    }

    func withForm<R>(
        _ x: UnsafePointer<Float>, _ m: UnsafePointer<Float>,
        _ body: (UnsafePointer<ck_attention>) -> R
    ) -> R {
        let (offset, tables) = (self.offset, angles())
        return offset.withUnsafeBufferPointer { offset in
            length.withUnsafeBufferPointer { length in
                tables.cosines.withUnsafeBufferPointer { cosines in
                    tables.sines.withUnsafeBufferPointer { sines in
                        guard let offset = offset.baseAddress,
                            let length = length.baseAddress
                        else { preconditionFailure("an empty batch") }
                        var form = ck_attention(
                            queries: x, query_stride: Int64(3 * width),
                            keys: hasTokens ? x + width : nil,
                            values: hasTokens ? x + 2 * width : nil, stride: Int64(3 * width),
                            memory_keys: m, memory_values: m + width,
                            memory_stride: Int64(2 * width), memory_count: Int64(memory),
                            cosines: isRotated ? cosines.baseAddress : nil,
                            sines: isRotated ? sines.baseAddress : nil, offset: offset,
                            length: length, batch: Int64(self.length.count), heads: Int64(heads),
                            head_width: Int64(headWidth), is_causal: isCausal ? 1 : 0)
                        return body(&form)
                    }
                }
            }
        }
    }

    /// The memory, never empty so that it has an address.
    private var someMemory: [Float] { m.isEmpty ? [0] : m }

    /// context, log_sums.
    func forward() -> [[Float]] {
        var context = [Float](repeating: .nan, count: tokens * width)
        var logSums = [Float](repeating: .nan, count: tokens * heads)
        withForm(x, someMemory) { form in
            var space = [Float](
                repeating: .nan, count: Int(ck_attention_forward_workspace(form)))
            ck_attention_forward(form, &context, &logSums, &space)
        }
        return [context, logSums]
    }

    /// Gradients of x and m, added to `start` when given.
    func backward(_ dcontext: [Float], _ result: [[Float]], start: Float? = nil) -> [[Float]] {
        var dx = [Float](repeating: start ?? .nan, count: x.count)
        var dm = [Float](repeating: start ?? .nan, count: someMemory.count)
        let flag: Int32 = start == nil ? 0 : 1
        dx.withUnsafeMutableBufferPointer { dx in
            dm.withUnsafeMutableBufferPointer { dm in
                guard let dx = dx.baseAddress, let dm = dm.baseAddress else { return }
                withForm(x, someMemory) { form in
                    var gradients = ck_attention_gradients(
                        queries: dx, keys: hasTokens ? dx + width : nil,
                        values: hasTokens ? dx + 2 * width : nil, memory_keys: dm,
                        memory_values: dm + width, accumulate_tokens: flag,
                        accumulate_memory_keys: flag, accumulate_memory_values: flag)
                    var space = [Float](
                        repeating: .nan, count: Int(ck_attention_backward_workspace(form)))
                    ck_attention_backward(
                        form, &gradients, result[0], result[1], dcontext, &space)
                }
            }
        }
        return [dx, Array(dm.prefix(m.count))]
    }

    func reference(_ x: [Double], _ m: [Double]) -> [Double] {
        var context = [Double](repeating: .nan, count: tokens * width)
        let m = m.isEmpty ? [0] : m
        let (offset, tables) = (self.offset, angles())
        let (cosines, sines) = (doubles(tables.cosines), doubles(tables.sines))
        x.withUnsafeBufferPointer { x in
            m.withUnsafeBufferPointer { m in
                offset.withUnsafeBufferPointer { offset in
                    length.withUnsafeBufferPointer { length in
                        cosines.withUnsafeBufferPointer { cosines in
                            sines.withUnsafeBufferPointer { sines in
                                guard let x = x.baseAddress, let m = m.baseAddress,
                                    let offset = offset.baseAddress,
                                    let length = length.baseAddress
                                else { return }
                                var form = ck_reference_attention(
                                    queries: x, query_stride: Int64(3 * width),
                                    keys: hasTokens ? x + width : nil,
                                    values: hasTokens ? x + 2 * width : nil,
                                    stride: Int64(3 * width),
                                    memory_keys: m, memory_values: m + width,
                                    memory_stride: Int64(2 * width), memory_count: Int64(memory),
                                    cosines: isRotated ? cosines.baseAddress : nil,
                                    sines: isRotated ? sines.baseAddress : nil, offset: offset,
                                    length: length, batch: Int64(self.length.count),
                                    heads: Int64(heads),
                                    head_width: Int64(headWidth), is_causal: isCausal ? 1 : 0)
                                ck_reference_attention_forward(&form, &context)
                            }
                        }
                    }
                }
            }
        }
        return context
    }

    /// Sentence `b` of this sample as a batch of its own.
    func alone(_ b: Int) -> AttentionSample {
        var result = self
        result.length = [length[b]]
        result.x = (0..<Int(length[b])).flatMap { t in
            rows(Int(offset[t]) + b..<Int(offset[t]) + b + 1, of: x, columns: 3 * width)
        }
        result.m = rows(b * memory..<(b + 1) * memory, of: m, columns: 2 * width)
        return result
    }
}

/// cos by its series after reduction: the samples need no more than that the twins share it.
private func cosine(_ x: Float) -> Float {
    let turn = 2 * Double.pi
    let r = Double(x) - (Double(x) / turn).rounded() * turn
    var (term, sum) = (1.0, 1.0)
    for n in 1..<16 {
        term *= -r * r / Double((2 * n - 1) * 2 * n)
        sum += term
    }
    return Float(sum)
}
