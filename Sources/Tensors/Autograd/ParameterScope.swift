import CKernels

/// Where parameters get their first values.
public enum Initializer: Sendable {
    /// The same value everywhere.
    case constant(Float)
    /// Uniform in [−bound, bound].
    case uniform(bound: Float)
    /// Normal with mean 0.
    case normal(standardDeviation: Float)
    /// A value for each place, in row-major order.
    case each(@Sendable (_ index: Int) -> Float)
}

/// The parameters of a model in the order they were made, which is the order in files.
public final class ParameterStore {
    /// Where values come from: a seed, or a file's tensors by name.
    public enum Source {
        /// Fresh values, each a pure function of (seed, name).
        case seed(UInt64)
        /// Values read by name; must throw when the name is missing or the shape differs.
        case values((_ name: String, _ shape: Shape) throws -> UnsafeBufferPointer<Float>)
        /// Values that stay where they are: as `values`, in memory that may be written to and that `owner` keeps alive.
        case shared(
            owner: AnyObject,
            (_ name: String, _ shape: Shape) throws -> UnsafeMutableBufferPointer<Float>)
    }

    /// Every parameter, in the order made.
    public private(set) var parameters: [Parameter] = []

    private let source: Source
    private var names: Set<String> = []

    /// An empty store that fills parameters from `source`.
    public init(_ source: Source) { self.source = source }

    /// The path at the root, from which layers are built.
    public var root: ParameterScope { ParameterScope(store: self, path: "") }

    /// The number of learned numbers.
    public var elementCount: Int {
        parameters.reduce(0) { $0 + ($1.isTrained ? $1.shape.count : 0) }
    }

    func make(
        _ name: String, _ shape: Shape, _ initializer: Initializer, isTrained: Bool
    ) throws -> Parameter {
        precondition(names.insert(name).inserted, "two parameters are called \(name)")
        if case .shared(let owner, let read) = source, shape.count > 0,
            let base = try read(name, shape).baseAddress
        {
            let value = Tensor(pointer: base, shape: shape)
            let parameter = Parameter(
                name: name, value: value, isTrained: isTrained, owner: owner)
            parameters.append(parameter)
            return parameter
        }
        let parameter = Parameter(name: name, shape: shape, isTrained: isTrained)
        switch source {
        case .shared: break
        case .values(let read):
            let values = try read(name, shape)
            if let base = values.baseAddress {
                parameter.value.pointer.update(from: base, count: shape.count)
            }
        case .seed(let seed):
            var random = RandomStream(seed: seed, "initialization").stream(name)
            switch initializer {
            case .constant(let value): parameter.value.fill(value)
            case .uniform(let bound):
                random.uniform(into: parameter.value)
                for index in 0..<shape.count {
                    parameter.value.pointer[index] =
                        (2 * parameter.value.pointer[index] - 1) * bound
                }
            case .normal(let standardDeviation):
                random.normal(into: parameter.value)
                parameter.value.assign(standardDeviation, times: parameter.value)
            case .each(let value):
                for index in 0..<shape.count { parameter.value.pointer[index] = value(index) }
            }
        }
        parameter.valueDidChange()
        parameters.append(parameter)
        return parameter
    }
}

/// A path in a parameter store: layers are built from one, and their parameters are named by it.
public struct ParameterScope {
    private let store: ParameterStore
    private let path: String

    init(store: ParameterStore, path: String) {
        self.store = store
        self.path = path
    }

    /// The scope `name` below this one.
    public func scope(_ name: String) -> ParameterScope {
        ParameterScope(store: store, path: path.isEmpty ? name : path + "." + name)
    }

    /// The numbered scope below this one, for the layers of a stack.
    public func scope(_ index: Int) -> ParameterScope { scope(String(index)) }

    /// A parameter, fresh or read from a file as the store says.
    public func parameter(
        _ name: String, _ shape: Shape, _ initializer: Initializer
    ) throws -> Parameter {
        try store.make(full(name), shape, initializer, isTrained: true)
    }

    /// A tensor that is saved like a parameter but not trained: the state of a moving average, say.
    public func buffer(
        _ name: String, _ shape: Shape, _ initializer: Initializer
    ) throws -> Parameter {
        try store.make(full(name), shape, initializer, isTrained: false)
    }

    private func full(_ name: String) -> String { path.isEmpty ? name : path + "." + name }
}
