import Tensors

/// Gated recurrent layers, each added to its input: x ← x + GRU(dropout x).
struct GRUStack: CausalStack {
    let layers: [GRU]
    let dropout: Float

    init(width: Int, layerCount: Int, dropout: Float, in scope: ParameterScope) throws {
        self.dropout = dropout
        layers = try (0..<layerCount).map {
            try GRU(width, width, in: scope.scope($0).scope("gru"))
        }
    }

    func callAsFunction(
        _ x: Variable, packing: Packing, using random: RandomStream, on tape: Tape
    ) -> Variable {
        layers.enumerated().reduce(x) { x, layer in
            let input = tape.dropout(x, rate: dropout, using: random.stream(layer.offset))
            return tape.add(x, layer.element(input, packing: packing, on: tape))
        }
    }

    func makeState(rowCount: Int) -> any CausalStackState { State(self, rowCount: rowCount) }

    private final class State: CausalStackState {
        private let stack: GRUStack
        private let storage = Arena()
        private let scratch = Tape(arena: Arena(), isRecording: false)
        private let states: [Tensor]

        init(_ stack: GRUStack, rowCount: Int) {
            self.stack = stack
            let storage = storage
            states = stack.layers.map { storage.zeros(Shape(rowCount, $0.hiddenSize)) }
        }

        func step(_ x: Tensor) -> Tensor {
            scratch.reset()
            var x = x
            for (layer, state) in zip(stack.layers, states) {
                let next = scratch.arena.tensor(state.shape)
                layer.step(x, state: state, condition: nil, into: next, on: scratch)
                state.copy(from: next)
                next.add(x)
                x = next
            }
            return x
        }
    }
}
