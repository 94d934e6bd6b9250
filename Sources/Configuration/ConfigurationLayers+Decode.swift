import Files

extension ConfigurationLayers {
    /// The configuration, or one error with everything that is wrong.
    ///
    /// A value that does not fit its type is noted and what stood below it is tried, so that the rest is checked
    /// too.
    ///
    /// - Parameter problems: What is wrong with the values as such, `key: got …, want …` each.
    /// - Throws: ``ConfigurationError/invalid(problems:)``.
    public func decode<Value: Decodable>(
        _ type: Value.Type, problems check: (Value) -> [String] = { _ in [] }
    ) throws(ConfigurationError) -> Value {
        var layers = self
        while layers.problems.count < Self.maximumProblemCount {
            do {
                let value = try TreeDecoder(layers.tree, registries: registries).value(type)
                for problem in check(value) { layers.note(problem + origin(of: problem)) }
                guard layers.problems.isEmpty else { break }
                return value
            } catch let error as Mismatch {
                let change = layers.changes.lastIndex { error.path.starts(with: $0.path) }
                layers.note(
                    Self.line(
                        error.path, error.reason, from: change.map { layers.changes[$0].source }))
                guard let change else { break }
                layers.undo(change)
            } catch {
                layers.note("\(error)")
                break
            }
        }
        throw .invalid(problems: layers.problems)
    }

    private mutating func undo(_ index: Int) {
        let change = changes.remove(at: index)
        tree = tree.replacing(change.path, with: change.previous)
    }

    /// ` (from run.yaml)` for the problem of a key that a layer set.
    private func origin(of problem: String) -> String {
        let path = problem.prefix { $0 != ":" }.split(separator: ".").map(String.init)
        let change = changes.last { path.starts(with: $0.path) }
        return change.map { " (from \($0.source))" } ?? ""
    }

    /// Notes every key of the tree that an overlay leaves out: for files that must be whole.
    ///
    /// - Parameter exceptions: Key paths that may be missing, such as keys a later version brought.
    public mutating func require(
        everyKeyIn overlay: JSONValue, except exceptions: [String] = [], from source: String
    ) {
        require(tree, in: overlay, at: [], except: exceptions, from: source)
    }

    private mutating func require(
        _ wanted: JSONValue, in got: JSONValue, at path: [String], except exceptions: [String],
        from source: String
    ) {
        guard let members = wanted.object, got.object != nil else { return }
        for member in members {
            guard let value = got[member.key] else {
                if exceptions.contains((path + [member.key]).joined(separator: ".")) { continue }
                note(at: path + [member.key], "missing", from: source)
                continue
            }
            require(
                member.value, in: value, at: path + [member.key], except: exceptions, from: source)
        }
    }
}
