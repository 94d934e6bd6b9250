import Tensors

/// A pre-norm Transformer whose steps see those before them, with rotary positions and a last norm.
struct TransformerStack: CausalStack {
    let layers: [TransformerLayer]
    let norm: LayerNorm
    let sizes: TransformerLayer.Sizes
    let angles: RotaryAngles

    init(
        _ sizes: TransformerLayer.Sizes, layerCount: Int, in scope: ParameterScope
    ) throws {
        self.sizes = sizes
        layers = try (0..<layerCount).map { try TransformerLayer(sizes, in: scope.scope($0)) }
        norm = try LayerNorm(sizes.width, in: scope.scope("norm"))
        angles = RotaryAngles(headWidth: sizes.width / sizes.headCount)
    }

    func callAsFunction(
        _ x: Variable, packing: Packing, using random: RandomStream, on tape: Tape
    ) -> Variable {
        let scope = AttentionScope(
            packing: packing, headCount: sizes.headCount, isCausal: true, angles: angles)
        let states = layers.enumerated().reduce(x) { x, layer in
            layer.element(x, packing: packing, using: random.stream(layer.offset), on: tape) {
                tape.attention($0, width: sizes.width, scope: scope)
            }
        }
        return norm(states, on: tape)
    }

    func makeState(rowCount: Int) -> any CausalStackState { State(self, rowCount: rowCount) }

    private final class State: CausalStackState {
        private let stack: TransformerStack
        private let storage = Arena()
        private let scratch = Tape(arena: Arena(), isRecording: false)
        private let packing: Packing
        private var caches: [AttentionCache]

        /// Nothing is dropped.
        private let noRandom = RandomStream(seed: 0, "unused")

        init(_ stack: TransformerStack, rowCount: Int) {
            self.stack = stack
            packing = Packing(lengths: [Int](repeating: 1, count: rowCount))
            let storage = storage
            caches = stack.layers.map { _ in
                AttentionCache(
                    rows: rowCount, width: stack.sizes.width, headCount: stack.sizes.headCount,
                    capacity: 16, in: storage)
            }
        }

        func step(_ x: Tensor) -> Tensor {
            scratch.reset()
            var states = Variable(constant: x)
            for (index, layer) in stack.layers.enumerated() {
                if caches[index].isFull { caches[index] = caches[index].doubled(in: storage) }
                states = layer(states, packing: packing, using: noRandom, on: scratch) {
                    caches[index].attend($0, angles: stack.angles, on: scratch)
                }
            }
            return stack.norm(states, on: scratch).value
        }
    }
}
